"""The residual network against torchvision's, its shapes, and its gradients in bfloat16."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torchvision.models import resnet18
from torchvision.models.resnet import BasicBlock as ReferenceBlock
from torchvision.models.resnet import ResNet as ReferenceNet

from dross.errors import ParameterError
from dross.networks import ResNet
from dross.networks.resnet import BasicBlock
from dross.training.seeding import seeded


def images(n: int = 2, channels: int = 3, size: int = 32) -> Tensor:
    return torch.rand(n, channels, size, size, generator=torch.Generator().manual_seed(0))


def test_the_standard_one_is_torchvisions_resnet18_without_its_last_layer() -> None:
    with seeded(0):
        reference = resnet18(weights=None)
    reference.fc = nn.Identity()
    network = ResNet(width=64, stem="standard")
    network.load_state_dict(reference.state_dict())  # the same names and shapes, none missing and none left over
    for trained in (True, False):
        network.train(trained)
        reference.train(trained)
        torch.testing.assert_close(network(images()), reference(images()))
    assert network.n_features == 512


def test_other_widths_and_depths_are_those_of_torchvisions_class() -> None:
    reference = ReferenceNet(ReferenceBlock, [1, 2, 1, 1], num_classes=1, width_per_group=64)
    ours = ResNet(width=64, stem="standard", blocks=(1, 2, 1, 1))
    shapes = {name: value.shape for name, value in reference.state_dict().items() if not name.startswith("fc.")}
    assert {name: value.shape for name, value in ours.state_dict().items()} == shapes


def test_weights_are_drawn_as_torch_draws_those_of_a_convolution() -> None:
    with seeded(0):
        network = ResNet(width=32)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            fan_in = module.in_channels * module.kernel_size[0] * module.kernel_size[1]
            chance = 4 / (2 * module.weight.numel()) ** 0.5
            assert float(module.weight.detach().std()) == pytest.approx((1 / (3 * fan_in)) ** 0.5, rel=chance)
        if isinstance(module, nn.BatchNorm2d):
            assert torch.equal(module.weight, torch.ones_like(module.weight))
            assert not module.bias.any()


@pytest.mark.parametrize(
    ("stem", "sizes"), [("small", [32, 32, 16, 8, 4]), ("strided", [16, 16, 8, 4, 2]), ("standard", [8, 8, 4, 2, 1])]
)
def test_the_stem_says_how_large_the_maps_are(stem: str, sizes: list[int]) -> None:
    network = ResNet(channels=1, width=4, stem=stem)  # type: ignore[arg-type]
    maps = list(network._maps(images(channels=1)))
    assert [tuple(each.shape) for each in maps] == [
        (2, width, size, size) for width, size in zip([4, 4, 8, 16, 32], sizes, strict=True)
    ]


def test_stages_are_means_over_the_places_and_the_last_is_the_output() -> None:
    network = ResNet(width=4, stem="strided").eval()
    stages = network.stages(images())
    for stage, maps in zip(stages, network._maps(images()), strict=True):
        torch.testing.assert_close(stage, maps.flatten(2).mean(2))
    assert torch.equal(stages[-1], network(images()))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_block_on_few_pixels_is_what_torchvisions_is(size: int) -> None:
    with seeded(0):
        block = BasicBlock(4, 8, stride=2)
    reference = ReferenceBlock(4, 8, 2, nn.Sequential(nn.Conv2d(4, 8, 1, 2, bias=False), nn.BatchNorm2d(8)))
    reference.load_state_dict(block.state_dict())
    few = images(n=5, channels=4, size=size)
    for given in (few, few[..., :1], few[..., :1, :]):
        torch.testing.assert_close(block(given), reference(given))


@pytest.mark.parametrize("size", [1, 2, 4, 8])
def test_gradients_in_bfloat16_are_those_in_32_bits(size: int) -> None:
    # Torch leaves part of some gradients unwritten on maps of one pixel; what lies in freed memory then shows.
    gradients = {}
    for mixed in (False, True):
        with seeded(0):
            block = BasicBlock(16, 32, stride=2).to(memory_format=torch.channels_last)
        given = images(n=64, channels=16, size=size).contiguous(memory_format=torch.channels_last)
        junk = [torch.full((length,), torch.nan) for length in (512, 1152, 2304, 4608, 9216, 18432) for _ in range(4)]
        with torch.autocast("cpu", torch.bfloat16, enabled=mixed):
            loss = block(given).float().square().mean()
        del junk
        loss.backward()
        gradients[mixed] = {name: parameter.grad for name, parameter in block.named_parameters()}
    for name, exact in gradients[False].items():
        rounded = gradients[True][name]
        assert exact is not None
        assert rounded is not None
        assert float((rounded - exact).norm()) <= 0.1 * float(exact.norm()) + 1e-4, name


def test_its_hyperparameters_build_it_again() -> None:
    network = ResNet(channels=1, width=4, stem="strided", blocks=(1, 1, 2, 1)).eval()
    again = ResNet(**network.hyperparameters).eval()
    again.load_state_dict(network.state_dict())
    assert torch.equal(again(images(channels=1)), network(images(channels=1)))


def test_wrong_parameters_are_told_together() -> None:
    with pytest.raises(ParameterError) as caught:
        ResNet(channels=0, width=-1, stem="smal", blocks=(2, 2, 2))  # type: ignore[arg-type]
    assert str(caught.value) == (
        "4 mistakes:\n"
        "  - channels is 0; it must be a whole number of at least 1\n"
        "  - width is -1; it must be a whole number of at least 1\n"
        "  - stem is 'smal'; it must be 'small', 'strided' or 'standard'; did you mean 'small'?\n"
        "  - blocks is (2, 2, 2); it must be four whole numbers of at least 1"
    )
