"""The signed page of a closed review, as a PDF for the files of the office. Made anew from the kept text each time."""

from __future__ import annotations

from django.utils import timezone

from audit.review.models import MonthlyReview
from audit.review.months.closing import read_signed
from tenants.core.context import require_prefecture
from typesetting import render_pdf
from typesetting.office_data import MonthlyReviewPage, MonthlyReviewPages
from web.dates import to_wareki
from web.formatting import format_moment

MEDIA_TYPE = "application/pdf"


def file_name(review: MonthlyReview) -> str:
    return f"review-{require_prefecture().code}-{review.month:%Y%m}.pdf"


def pdf(review: MonthlyReview, by: str) -> bytes:
    """Raises TypesettingError."""
    prefecture = require_prefecture()
    data: MonthlyReviewPages = {
        "sample": prefecture.sample,
        "printed": {"at": format_moment(timezone.now()), "by": by},
        "documents": [_page(review, prefecture.name)],
    }
    return render_pdf("monthly_review", data).pdf


def _page(review: MonthlyReview, owner: str) -> MonthlyReviewPage:
    signed = read_signed(review)
    return {
        "number": f"{review.month:%Y-%m}",
        "owner": owner,
        "month": to_wareki(review.month).removesuffix("1日"),
        "closed": format_moment(review.closed_at),
        "by": review.closed_by_name,
        "finding": review.finding,
        "sections": [
            {
                "title": section.title,
                "rows": [{"what": what, "count": f"{count:,}{unit}"} for what, count, unit in section.rows],
            }
            for section in signed.sections
        ],
        "intact": signed.is_intact,
        "seal": f"第{signed.seal_number:,}束" if signed.seal_number else "まだありません",
        "head": signed.seal_head or "–",
        "platform": signed.platform_head or "–",
        "signature": review.signature,
        "public_key": review.public_key,
        "attachment": f"review-{review.month:%Y-%m}.json",
        "signed": list(review.figures.encode()),
    }
