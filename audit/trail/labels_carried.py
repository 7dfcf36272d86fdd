"""Words of what people carry on a medium and key at a terminal; part of :data:`audit.trail.labels.WORDING`."""

from audit.trail.wording import Wording

CARRIED_WORDING: dict[str, Wording] = {
    "linkage:medium:proposed": Wording(
        "媒体の手続の申請", "媒体の手続を申請しました", "持ち出し・取込・消去を、二人目の確認に回した"
    ),
    "linkage:medium:withdrawn": Wording("媒体の手続の取消", "媒体の手続を取りやめました", "確認の前に申請を取りやめた"),
    "linkage:medium:released": Wording(
        "媒体への持ち出し", "媒体への持ち出しを確認しました", "二人目が承認番号を確かめ、封緘ファイルに番号を付けた"
    ),
    "linkage:medium:taken": Wording(
        "媒体からの取込", "媒体からの取込を確認しました", "二人目が確かめ、媒体のファイルを取り込んだ"
    ),
    "linkage:medium:refused": Wording(
        "媒体のファイルの受取拒否",
        "媒体のファイルを受け取りませんでした",
        "改ざん・ほかの団体・番号違いのファイルがあった",
    ),
    "linkage:medium:erased": Wording(
        "媒体の消去", "媒体の消去を記録しました", "だれがどの媒体をいつ消去したかを二人で記録した"
    ),
    "linkage:sheet:entered": Wording(
        "作業票の入力", "作業票の入力を提出しました", "端末の表示を一人が入力し、証拠書類の番号を付けた"
    ),
    "linkage:sheet:attached": Wording(
        "証拠書類の写しの添付", "証拠書類の写しを添付しました", "自分の入力に証拠書類の写しを付けたか、付け替えた"
    ),
    "linkage:sheet:differed": Wording(
        "作業票の食い違い", "二人の入力に食い違いがありました", "二人の入力を比べ、違うところがあった"
    ),
    "linkage:sheet:agreed": Wording(
        "作業票の一致", "二人の入力が一致しました", "二人の入力が同じになり、回答として確定した"
    ),
    "read:sheet:shown": Wording(
        "作業票の閲覧", "作業票を閲覧しました", "手入力の作業票か、二人の入力の比較を表示する前に書く"
    ),
}
