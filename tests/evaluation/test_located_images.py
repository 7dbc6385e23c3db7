"""What a run keeps of score maps to look at: the right images in each panel, and three pictures of each."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from dross.data.named_images import ImageDataset
from dross.evaluation.inspection_protocol import inspection
from dross.evaluation.located_images import MOST_PIXELS, located_record, strip
from dross.evaluation.run import RunKey, RunSpec, execute
from dross.evaluation.variants import ClassRoles
from tests.evaluation.test_localisation_record import Ignorant, Knowing, caps
from tests.evaluation.test_thumbnails import decoded

SPLIT = inspection(caps(), 0.0, 0, highest=0.0)
#: Ten good images with scores 0 to 9, and ten cracked ones with 5 to 14.
SCORES = np.concatenate([np.arange(10.0), np.arange(5.0, 15.0)])


def record(dataset: ImageDataset, n: int = 4, detector: Any = None) -> dict[str, Any]:
    detector = Knowing() if detector is None else detector
    found = located_record(dataset, SPLIT, detector.fit(SPLIT.X_train), SCORES, SCORES > 6, n)
    assert found is not None
    return found


def test_the_clearest_the_missed_and_the_false_alarms_are_shown() -> None:
    found = record(caps())
    assert json.loads(json.dumps(found)) == found
    by_key = {panel["key"]: panel for panel in found["panels"]}
    assert list(by_key) == ["hits", "misses", "false_alarms"]
    assert [panel["total"] for panel in by_key.values()] == [10, 10, 10]
    shown = {
        key: [(each["index"], each["kind"], each["score"], each["rank"], each["alarm"]) for each in panel["images"]]
        for key, panel in by_key.items()
    }
    assert shown["hits"][:2] == [(59, "cracked", 14.0, 1, True), (58, "cracked", 13.0, 2, True)]
    assert shown["misses"][:3] == [
        (50, "cracked", 5.0, 15, False),
        (51, "cracked", 6.0, 13, False),
        (52, "cracked", 7.0, 11, True),
    ]
    # Of equal scores the first is ranked first.
    assert shown["false_alarms"][0] == (49, "good", 9.0, 6, True)
    assert {len(each) for each in shown.values()} == {4}


def test_no_defect_is_shown_both_as_found_and_as_missed() -> None:
    hits, misses, _ = record(caps(), n=9)["panels"]
    assert len(hits["images"]) + len(misses["images"]) == 10
    assert not {each["index"] for each in hits["images"]} & {each["index"] for each in misses["images"]}


def test_a_strip_has_three_pictures_and_without_masks_two() -> None:
    image = np.full((40, 30, 1), 90, dtype=np.uint8)
    mask = np.zeros((40, 30), dtype=bool)
    mask[10:12, 10:12] = True
    raised = np.where(mask, 2.0, 0.0)
    _, found = decoded(strip(image, raised, mask, 0.0, 1.0))
    assert found.shape == (40, 3 * 30 + 2 * 4, 3)
    assert (found[:, :30] == 90).all()
    assert (found[10:12, 44:46] == [204 + 8, 194 + 8, 56 + 8]).all()  # 85 % of yellow over three fifths of the grey
    np.testing.assert_array_equal(found[9, 68 + 9 : 68 + 13], np.tile([86, 180, 233], (4, 1)))
    assert (found[:, 30:32] == 0).all()
    assert (found[:, 32:34] == 255).all()
    _, found = decoded(strip(image, raised, None, 0.0, 1.0))
    assert found.shape == (40, 2 * 30 + 4, 3)


def test_large_images_become_small_pictures() -> None:
    image = np.zeros((4 * MOST_PIXELS, 100, 3), dtype=np.uint8)
    _, found = decoded(strip(image, np.zeros(image.shape[:2]), np.zeros(image.shape[:2], dtype=bool), 0.0, 1.0))
    assert found.shape[0] == pytest.approx(MOST_PIXELS, abs=2)
    assert found.shape[1] == pytest.approx(3 * 25 + 2 * 4, abs=2)


def test_one_scale_serves_all_images_so_that_quiet_maps_stay_dark() -> None:
    found = record(caps())
    hits, _, false_alarms = ([decoded(each["strip"])[1] for each in panel["images"]] for panel in found["panels"])
    coloured = {
        name: [int(np.abs(picture[:, 10:16, 0].astype(int) - picture[:, 10:16, 2]).max()) for picture in pictures]
        for name, pictures in (("hits", hits), ("false alarms", false_alarms))
    }
    assert min(coloured["hits"]) > 100
    assert max(coloured["false alarms"]) < min(coloured["hits"])


@pytest.mark.parametrize("detector", [Knowing, Ignorant])
def test_a_run_keeps_them_where_pictures_are_asked_for_and_there_are_maps(detector: type[Ignorant]) -> None:
    key = RunKey("caps", "inspection", "knowing", "blind", "normal=good", 0.0, 0)
    for pictures in (True, False):
        spec = RunSpec(key, {}, ClassRoles("good"), pictures)
        result = execute(caps(), SPLIT, spec, lambda name, **rest: detector())
        assert ("located" in result.details) is (pictures and detector is Knowing)
        assert 0 <= result.details["fit_seconds"] <= result.seconds


def test_without_maps_there_is_nothing_and_without_masks_two_pictures() -> None:
    assert located_record(caps(), SPLIT, Ignorant().fit(SPLIT.X_train), SCORES, SCORES > 6) is None
    found = record(caps(masked=False))
    assert found["masked"] is False
    assert decoded(found["panels"][0]["images"][0]["strip"])[1].shape == (6, 16, 3)
