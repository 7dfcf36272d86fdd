"""What the forms print that offices keep for themselves or hand out on request: 成績書, 月次点検, 鍵の廃棄証明, 開示."""

from typing import TypedDict

from typesetting.data import Printed


class AdapterCheck(TypedDict):
    """One line of 接続試験."""

    name: str
    result: str
    message: str
    remedy: str


class AdapterReport(TypedDict):
    """接続試験成績書: one run with one version. `owner` is the prefecture; `unguarded` what a changed figure would slip through."""

    number: str
    owner: str
    version: str
    transport: str
    dialect: str
    began: str
    ended: str
    by: str
    clock: str
    digest: str
    verdict: str
    checks: list[AdapterCheck]
    guards: list[str]
    unguarded: list[str]


class AdapterReports(TypedDict):
    sample: bool
    printed: Printed
    documents: list[AdapterReport]


class MonthlyFigure(TypedDict):
    what: str
    count: str


class MonthlySection(TypedDict):
    title: str
    rows: list[MonthlyFigure]


class MonthlyReviewPage(TypedDict):
    """月次点検: the closed review of a month. `signature` and `public_key` in hexadecimal (Ed25519).

    `seal` and `head`: the newest signed head of the trail, as the verifier's `--head` reads it; `platform`: that of the platform's
    own trail, with its public key. `signed`: the bytes over which the
    signature goes; they are attached to the document as `attachment`, for whoever checks it without us.
    """

    number: str
    owner: str
    month: str
    closed: str
    by: str
    finding: str
    sections: list[MonthlySection]
    intact: bool
    seal: str
    head: str
    platform: str
    signature: str
    public_key: str
    attachment: str
    signed: list[int]


class MonthlyReviewPages(TypedDict):
    sample: bool
    printed: Printed
    documents: list[MonthlyReviewPage]


class DestroyedKeyLine(TypedDict):
    purpose: str
    number: str
    year: str
    made: str
    fingerprint: str


class ShreddingCertificate(TypedDict):
    """鍵の破棄の証明: which keys of a prefecture were destroyed, when, and by which two people."""

    number: str
    owner: str
    code: str
    at: str
    people: str
    count: str
    files: str
    digest: str
    trail_end: str
    keys: list[DestroyedKeyLine]


class ShreddingCertificates(TypedDict):
    sample: bool
    printed: Printed
    documents: list[ShreddingCertificate]


class DisclosureLine(TypedDict):
    """One look, print, export or use of a number; `role` of who did it, never the name."""

    at: str
    what: str
    role: str
    duty: str


class Disclosure(TypedDict):
    """閲覧等の記録: everything that was looked at of one subject in a period."""

    number: str
    owner: str
    subject: str
    period: str
    count: str
    lines: list[DisclosureLine]


class Disclosures(TypedDict):
    sample: bool
    printed: Printed
    documents: list[Disclosure]
