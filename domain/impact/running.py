"""A run: computes, and writes nothing but its own result rows. Cut off anywhere, it begins anew and ends in the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.trail.recorder import Subject, record
from audit.trail.vocabulary import Event
from domain.impact import choosing, gathering
from domain.impact.models import ImpactMover, ImpactPayment, ImpactRun
from domain.rules import Pack
from domain.rules.impact import Impact, ImpactCase, Mover, Tally, compare, mover_json, repay, summary_json
from domain.rules.impact.writing import tally_json
from jobs.handle import JobHandle
from web.dates import fiscal_year_label

MEMBERS_CHUNK = 200
ROWS_CHUNK = 1_000


class _Results:
    """What is to be written when all is computed."""

    def __init__(self) -> None:
        self.summary: dict[str, Any] = {}
        self.problems: list[str] = []
        self.plans: list[dict[str, Any]] = []
        self.movers: list[ImpactMover] = []
        self.payments: list[ImpactPayment] = []


def carry_out(handle: JobHandle, run: ImpactRun) -> None:
    """Compute the run and keep its results. Raises what the job's handle raises."""
    results = _categories(handle, run) if run.mode == ImpactRun.Mode.CATEGORIES else _payments(handle, run)
    with transaction.atomic():
        handle.fence()
        run.movers.all().delete()
        run.payments.all().delete()
        ImpactMover.objects.bulk_create(results.movers, batch_size=ROWS_CHUNK)
        ImpactPayment.objects.bulk_create(results.payments, batch_size=ROWS_CHUNK)
        run.summary, run.problems, run.plans = results.summary, results.problems, results.plans
        run.finished_at = timezone.now()
        run.save(update_fields=["summary", "problems", "plans", "finished_at"])
        record(
            Event.IMPACT_RUN_FINISHED,
            subjects=[Subject("impact", str(run.pk))],
            detail={"mode": run.mode, "movers": len(results.movers), "payments": len(results.payments)},
        )
    handle.set_count("区分が変わる世帯", len(results.movers))
    handle.set_count("支給額が変わる明細", len(results.payments))


def _categories(handle: JobHandle, run: ImpactRun) -> _Results:
    results = _Results()
    plan = run.plans[0]
    before, after = _side(plan, "before", results), _side(plan, "after", results)
    results.plans = [plan]
    if before is None or after is None:
        return results
    impact = compare(before, after, _stream(handle, int(plan["year"]), after))
    results.summary = summary_json(impact)
    results.movers = [_mover(run, each) for each in impact.movers]
    results.payments = _payment_rows(run, impact, int(plan["year"]))
    return results


def _stream(handle: JobHandle, fiscal_year: int, pack: Pack) -> Iterator[ImpactCase]:
    ids = gathering.statements_of(fiscal_year)
    handle.advance(0, len(ids), "試算")
    for start in range(0, len(ids), gathering.CHUNK):
        yield from gathering.cases_of(ids[start : start + gathering.CHUNK], fiscal_year, pack)
        handle.advance(min(start + gathering.CHUNK, len(ids)), len(ids))


def _mover(run: ImpactRun, mover: Mover) -> ImpactMover:
    told = mover_json(mover)
    return ImpactMover(
        run=run,
        statement_id=int(mover.key),
        school_code=mover.school,
        before=mover.before.value,
        after=mover.after.value,
        direction=mover.direction.value,
        income_before=mover.income_before,
        income_after=mover.income_after,
        need_before=str(mover.need_before or ""),
        need_after=str(mover.need_after or ""),
        reason=str(told["reason"]),
        detail={name: told[name] for name in ("shifts", "crossings", "pupils", "causes")},
        paid_before=mover.paid_before,
        paid_after=mover.paid_after,
    )


def _payment_rows(run: ImpactRun, impact: Impact, fiscal_year: int) -> list[ImpactPayment]:
    return [
        ImpactPayment(
            run=run,
            pupil_id=int(move.pupil),
            fiscal_year=fiscal_year,
            school_code=school,
            item=move.item,
            ledger=move.ledger,
            before=move.before,
            after=move.after,
        )
        for _, school, move in impact.payments
    ]


def _payments(handle: JobHandle, run: ImpactRun) -> _Results:
    """支給の再計算 over the released rounds of each year of the run."""
    results = _Results()
    schools: dict[str, Tally] = {}
    for plan in run.plans:
        pack = _side(plan, "after", results)
        results.plans.append(plan)
        if pack is None:
            continue
        year = int(plan["year"])
        members = gathering.paid_members(year)
        handle.advance(0, len(members), f"{fiscal_year_label(year)}の再計算")
        for start in range(0, len(members), MEMBERS_CHUNK):
            chunk = members[start : start + MEMBERS_CHUNK]
            _repay(run, pack, chunk, year, schools, results)
            handle.advance(start + len(chunk), len(members))
    total = Tally()
    for tally in schools.values():
        total.add(tally)
    told = {code: tally_json(schools[code]) for code in sorted(schools)}
    results.summary = {"total": tally_json(total), "schools": told}
    return results


def _repay(
    run: ImpactRun, pack: Pack, members: list[int], year: int, schools: dict[str, Tally], results: _Results
) -> None:
    adjusted = gathering.adjustments_of(members, year)
    for payments in gathering.receipts_of(members, year).values():
        for payment, repaid in zip(payments, repay(pack, [each.receipt for each in payments]), strict=True):
            code = payment.pupil.school.code
            tally = schools.setdefault(code, Tally())
            tally.households += 1
            tally.unpaid_lines[1] += repaid.stopped
            tally.payments_changed += bool(repaid.moves)
            for key, both in repaid.costs.items():
                tally.cost(key, *both)
            results.payments += [
                ImpactPayment(
                    run=run,
                    pupil_id=payment.pupil_id,
                    round_id=payment.round_id,
                    fiscal_year=year,
                    school_code=code,
                    item=move.item,
                    ledger=move.ledger,
                    before=move.before,
                    after=move.after,
                    adjusted=adjusted.get((payment.pupil_id, payment.round_id, move.item, move.ledger), 0),
                )
                for move in repaid.moves
            ]


def _side(plan: dict[str, Any], side: str, results: _Results) -> Pack | None:
    """The pack of one side; its digest and title go into the plan, or why there is none into the problems."""
    pack, problem = choosing.load(plan[side])
    if pack is None:
        results.problems.append(f"{fiscal_year_label(plan['year'])}: {problem}")
        return None
    if pack.fiscal_year != plan["year"]:
        wanted, own = fiscal_year_label(plan["year"]), fiscal_year_label(pack.fiscal_year)
        results.problems.append(f"{wanted}: 年度定義「{pack.title}」は{own}のものです")
        return None
    ledgers = {ledger.name: ledger.title for ledger in pack.ledgers}
    items = {item.code: item.title for item in pack.items.values()}
    plan[side] |= {"digest": pack.digest, "title": pack.title, "ledgers": ledgers, "items": items}
    return pack
