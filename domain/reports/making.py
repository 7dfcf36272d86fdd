"""Making the printed files of one school: gather, note the print, set, keep; one file after the other."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Sum

from audit.trail.leaving import taken
from audit.trail.recorder import Subject, record_access
from domain.payments.models import PupilPayment
from domain.reports import fingerprints
from domain.reports.errors import ContentChanged
from domain.reports.keeping import PDF, Made, keep
from domain.reports.models import MissingGlyph, OutputFile
from domain.reports.targets import Form, Gathered, Target
from domain.statements.models import Statement
from jobs.handle import JobHandle
from jobs.models import Job
from tenants.core.context import require_prefecture
from typesetting import render_pdf
from typesetting.data import Printed
from web.dates import fiscal_year_label
from web.formatting import format_moment


def make(handle: JobHandle, form: Form, target: Target) -> None:
    """Make what is not made yet of this job's files. Raises ContentChanged, TypesettingError, DiskFull, TrailUnavailable."""
    job = Job.objects.get(pk=handle.job_id)
    handle.advance(0, step="対象を確かめています")
    fingerprint = fingerprints.of_target(form, target)
    ids = form.select(target)
    groups = [ids[start : start + form.per_file] for start in range(0, len(ids), form.per_file)]
    made = _made(job, fingerprint)
    done = 0
    for part, group in enumerate(groups, start=1):
        handle.advance(done, len(ids), step="組版しています")
        if part not in made:
            output = _row(job, form, target, fingerprint, (part, len(groups)))
            _make_part(handle, form, target, group, output)
        done += len(group)
    handle.advance(len(ids), len(ids))
    _count(handle, job)


def printed_by(job: Job) -> Printed:
    """作成日時 is when the file was asked for: a job that is run again prints the same bytes."""
    return {"at": format_moment(job.created_at), "by": job.created_by_name}


def _made(job: Job, fingerprint: str) -> set[int]:
    """Parts that an earlier try of this job kept. Raises ContentChanged if they say something else than is so today."""
    kept = dict(OutputFile.objects.filter(run=job.key).values_list("part", "fingerprint"))
    if any(known != fingerprint for known in kept.values()):
        raise ContentChanged
    return set(kept)


def _make_part(handle: JobHandle, form: Form, target: Target, ids: Sequence[int], output: OutputFile) -> None:
    gathered = form.gather(target, ids)
    _note_print(form, target, gathered, output)
    sample = require_prefecture().sample or gathered.sample
    printed = printed_by(Job.objects.get(pk=handle.job_id))
    data = {"sample": sample, "printed": printed, "documents": gathered.documents}
    pdf = render_pdf(form.template, data)
    output.people = [[one.kind, one.id] for one in gathered.subjects]
    made = Made(pdf.pdf, PDF, len(ids), pages=pdf.pages, missing=pdf.missing_glyphs)
    after = form.after
    keep(handle, output, made, also=[] if after is None else [lambda: after(ids)])


def _note_print(form: Form, target: Target, gathered: Gathered, output: OutputFile) -> None:
    """Before the page is set: one event for the file, with everybody who is on it."""
    subjects = [Subject("school", str(target.school.pk)), *gathered.subjects]
    detail = {"fiscal_year": target.fiscal_year, "part": output.part, **taken(len(gathered.documents))}
    record_access(form.event, subjects=subjects, detail=detail, allowed_by="download_file")


def _row(job: Job, form: Form, target: Target, fingerprint: str, place: tuple[int, int]) -> OutputFile:
    part, parts = place
    when = target.round.full_title if target.round else f" {_household(target)}" if target.statement else ""
    if target.payment is not None:
        when += f" {_student_number(target)}"
    some = "（新しく決定した分）" if target.only is not None else ""
    name = f"{form.kind.label} {fiscal_year_label(target.fiscal_year)}{when} {target.school.name}{some}"
    return OutputFile(
        kind=form.kind,
        key=f"{job.key}:{part}",
        run=job.key,
        part=part,
        parts=parts,
        subject=f"{form.kind}:{target.about}:{target.school.code}",
        fingerprint=fingerprint,
        title=f"{name}（{part}/{parts}）" if parts > 1 else name,
        school_code=target.school.code,
        fiscal_year=target.fiscal_year,
        media_type=PDF,
        created_by=job.created_by_name,
    )


def _household(target: Target) -> str:
    """世帯番号 of the one 調書."""
    return Statement.objects.values_list("household__number", flat=True).get(pk=target.statement or 0)


def _student_number(target: Target) -> str:
    """学籍番号 of the one payment's pupil."""
    return PupilPayment.objects.values_list("pupil__student_number", flat=True).get(pk=target.payment or 0)


def _count(handle: JobHandle, job: Job) -> None:
    files = OutputFile.objects.filter(run=job.key)
    sums = files.aggregate(documents=Sum("documents"), pages=Sum("pages"))
    handle.set_count("ファイル", files.count())
    handle.set_count("部数", sums["documents"] or 0)
    handle.set_count("ページ", sums["pages"] or 0)
    handle.set_count("〓", MissingGlyph.objects.filter(output__in=files).count())
