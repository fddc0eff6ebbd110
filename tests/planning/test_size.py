"""How large a job is: its batches, whatever the number of reviews and devices."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviewlab.exceptions import InputError
from reviewlab.planning.size import count_batches


@given(reviews=st.integers(1, 5000), size=st.integers(1, 300), devices=st.integers(1, 8))
def test_only_the_last_batch_has_another_size_and_every_device_gets_a_review(
    reviews: int, size: int, devices: int
) -> None:
    size *= devices
    batches = count_batches(max(reviews, devices), size, devices)
    last = max(reviews, devices) - (batches - 1) * size
    assert devices <= last < size + devices


def test_a_batch_that_devices_cannot_share_is_refused() -> None:
    with pytest.raises(InputError, match=r"^data\.batch_size: 3 "):
        count_batches(reviews=10, batch_size=3, devices=2)
