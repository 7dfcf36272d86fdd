"""What can go wrong with a job, in words for people; and the two signals that stop a worker."""


class UnknownKind(LookupError):
    """`jobs.unknown-kind`: no room of this version knows the kind of job."""

    identifier = "jobs.unknown-kind"

    def __init__(self, kind: str) -> None:
        super().__init__(f"処理の種類「{kind}」がこの版にありません。版を確かめてから、もう一度始めてください。")


class KeyTaken(ValueError):
    """`jobs.key-taken`: the key already names a job of another kind."""

    identifier = "jobs.key-taken"

    def __init__(self, title: str) -> None:
        super().__init__(f"同じ鍵の別の処理「{title}」があるため、処理を始めませんでした。")


class NotPossible(ValueError):
    """`jobs.not-possible`: the job's state does not allow the act (somebody was quicker)."""

    identifier = "jobs.not-possible"

    def __init__(self, act: str, state: str) -> None:
        super().__init__(
            f"この処理は「{state}」のため、{act}できません。画面を開き直して、今の状態を確かめてください。"
        )


class RetryLater(Exception):
    """Raised by a job when the same work may succeed later (the other side does not answer). The message is Japanese."""

    identifier = "jobs.retry-later"


class StopWork(BaseException):
    """Tells a running job to stop. Not an ``Exception``: a job's own ``except Exception`` around one row must not eat it."""


class LeaseLost(StopWork):
    """Another worker holds the job now; whatever this one still does must not count."""


class ComeBack(StopWork):
    """The job has nothing to do until somebody else answers: it leaves its slot and comes back after ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__()
        self.seconds = seconds


class Cancelled(StopWork):
    """Somebody asked to cancel, and the job came to a place where stopping is safe."""
