"""In which order the rows of a person are locked, so that two requests at once never wait for each other (deadlock).

First the counts of attempts (`attempts.lock`), then the person (`lock_person`), then whatever hangs on the person: codes, tokens,
devices, the day's guesses, sessions. Whoever holds the person's row is alone with their factors: what was read before it was
locked may have been stopped in the meantime, and is looked at again.
"""

from __future__ import annotations

from accounts.models import User


def lock_person(user_id: int) -> User:
    """The person as they are now, theirs alone until the transaction ends. Raises User.DoesNotExist.

    Not against rows that only refer to the person (a notice, an event): they are written meanwhile.
    """
    return User.objects.select_for_update(no_key=True).get(pk=user_id)
