"""帳票と報告: PDF forms and the transfer file, made by jobs, kept as files, given with a trace.

`services` asks for files, `gathering` builds what each form says, `making` and `banking` make the files, `typesetting` sets
the pages, `delivery` hands them out. Rules that hold for every form:

- 決定通知書 and 調書 show the category of the household, 支給明細書 and 台帳 that of the pupil (on the 支給日; with its history).
- Of a household under 支援措置 no form carries an address, for each passes through others' hands (school, next school,
  board); its slip names no bank either. Only 決定通知書 and 調書 carry an address at all.
- サンプル is printed where the prefecture or any pack behind a figure of the file is a sample; figures that rest on 団体設定,
  推計 or 未確認 rows say so on the form.
- No individual number can get here: this room does not know the one that holds them.
"""
