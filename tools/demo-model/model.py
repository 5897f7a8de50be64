"""The architectures Llama and LFM2 in PyTorch, with optional fake quantization of the weights.

A Llama has attention in every layer. An LFM2 has short convolutions in most layers, and its
attention normalises the queries and keys of each head. Rotary embedding rotates interleaved
pairs (x[2i], x[2i+1]). Embedding and head are one matrix. There are no biases.
"""

from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from torch import nn

GROUP = 32   # weights that share a scale
SMALLEST_SCALE = 2.0 ** -14  # the smallest normal fp16
BLOCK = 128  # queries per block of attention
KERNEL = 3   # positions that a convolution sees


@dataclass
class Config:
    """Shape of a model; every dimension is a multiple of 32."""
    dim: int = 128
    layers: int = 6
    heads: int = 4
    kv_heads: int = 2
    hidden: int = 384
    vocab: int = 1024
    context: int = 512
    theta: float = 10000.0
    eps: float = 1e-5
    mixers: str = ""  # a letter per layer of an LFM2: c for convolution, a for attention

    @property
    def head_dim(self):
        """Length of one head's query, key and value."""
        return self.dim // self.heads


SIZES = {"small": Config(), "large": Config(dim=256, layers=8, heads=8, kv_heads=4, hidden=704)}


def shape(size, mixers=""):
    """Return the Config of a size: a Llama, or the LFM2 with these mixers."""
    return replace(SIZES[size], mixers=mixers, layers=len(mixers) or SIZES[size].layers)


def fake_quantize(weight, low, high):
    """Return `weight` rounded to codes low..high in groups of 32 along its rows.

    The scale of a group is the smallest fp16 number, to its rounding, that keeps
    every weight in range; it is never negative. Gradients pass straight through.
    """
    groups = weight.detach().reshape(-1, GROUP)
    top, bottom = groups.amax(1, keepdim=True), groups.amin(1, keepdim=True)
    scale = torch.maximum(top / high, bottom / low).clamp_min(SMALLEST_SCALE).half().float()
    rounded = (groups / scale).round().clamp(low, high) * scale
    return weight + (rounded.view_as(weight) - weight.detach())


class Linear(nn.Module):
    """A matrix product without bias; in INT4 when `quantize` is set."""

    def __init__(self, inputs, outputs, std):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(outputs, inputs).normal_(0.0, std))
        self.quantize = False

    def forward(self, x):
        weight = fake_quantize(self.weight, -8, 7) if self.quantize else self.weight
        return F.linear(x, weight)


class Norm(nn.Module):
    """Root mean square normalisation with a learned gain."""

    def __init__(self, dim, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps) * self.weight


def rotary_tables(config):
    """Return cosines and sines, each [context, head_dim / 2]."""
    pairs = torch.arange(0, config.head_dim, 2).double() / config.head_dim
    angles = torch.outer(torch.arange(config.context).double(), config.theta ** -pairs)
    return angles.cos().float(), angles.sin().float()


def rotate(x, cos, sin):
    """Turn the pairs (x[2i], x[2i+1]) of x [batch, time, heads, head_dim] by their angles."""
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = cos[:, None, :], sin[:, None, :]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Layer(nn.Module):
    """One layer: a mixer of positions, then gated feed-forward, each behind a norm.

    Each kind of layer adds the weights of its mixer and defines `mix`.
    """

    def __init__(self, config):
        super().__init__()
        c, std = config, 0.02
        out_std = std / (2 * c.layers) ** 0.5
        self.config = c
        self.attention_norm, self.ffn_norm = Norm(c.dim, c.eps), Norm(c.dim, c.eps)
        self.add_mixer(std * 2, out_std)
        self.w1, self.w3 = Linear(c.dim, c.hidden, std * 2), Linear(c.dim, c.hidden, std * 2)
        self.w2 = Linear(c.hidden, c.dim, out_std)

    def forward(self, x, cos, sin, mask):
        x = x + self.mix(self.attention_norm(x), cos, sin, mask)
        h = self.ffn_norm(x)
        return x + self.w2(F.silu(self.w1(h)) * self.w3(h))


class AttentionLayer(Layer):
    """A layer with causal grouped-query attention."""

    def add_mixer(self, std, out_std):
        c = self.config
        kv_dim = c.kv_heads * c.head_dim
        self.wq, self.wo = Linear(c.dim, c.dim, std), Linear(c.dim, c.dim, out_std)
        self.wk, self.wv = Linear(c.dim, kv_dim, std), Linear(c.dim, kv_dim, std)
        self.q_norm = Norm(c.head_dim, c.eps) if c.mixers else nn.Identity()
        self.k_norm = Norm(c.head_dim, c.eps) if c.mixers else nn.Identity()

    def mix(self, x, cos, sin, mask):
        """Return the output of attention for x [batch, time, dim]."""
        c, (batch, time, _) = self.config, x.shape
        group, pairs = c.heads // c.kv_heads, batch * c.kv_heads
        q = rotate(self.q_norm(self.wq(x).view(batch, time, c.heads, c.head_dim)), cos, sin)
        k = rotate(self.k_norm(self.wk(x).view(batch, time, c.kv_heads, c.head_dim)), cos, sin)
        v = self.wv(x).view(batch, time, c.kv_heads, c.head_dim)
        q = q.view(batch, time, c.kv_heads, group, c.head_dim).permute(0, 2, 3, 1, 4)
        q = q.reshape(pairs, group, time, c.head_dim) * c.head_dim ** -0.5
        k = k.permute(0, 2, 3, 1).reshape(pairs, c.head_dim, time)
        v = v.permute(0, 2, 1, 3).reshape(pairs, time, c.head_dim)
        parts = []
        # Blocks of queries read only the keys before their end: half the work is skipped.
        for start in range(0, time, BLOCK):
            end = min(start + BLOCK, time)
            # The queries that share a key head are rows of one product.
            rows = q[:, :, start:end].reshape(pairs, -1, c.head_dim)
            scores = torch.bmm(rows, k[:, :, :end]).view(pairs, group, end - start, end)
            weights = (scores + mask[start:end, :end]).softmax(-1).view(pairs, -1, end)
            parts.append(torch.bmm(weights, v[:, :end]).view(pairs, group, -1, c.head_dim))
        out = torch.cat(parts, dim=2).view(batch, c.kv_heads, group, time, c.head_dim)
        return self.wo(out.permute(0, 3, 1, 2, 4).reshape(batch, time, c.dim))


class ConvolutionLayer(Layer):
    """A layer with LFM2's gated short convolution of each channel."""

    def add_mixer(self, std, out_std):
        dim = self.config.dim
        self.w_in, self.w_out = Linear(dim, 3 * dim, std), Linear(dim, dim, out_std)
        self.kernel = nn.Parameter(torch.empty(dim, 1, KERNEL).normal_(0.0, KERNEL ** -0.5))

    def mix(self, x, cos, sin, mask):
        """Return the output for x [batch, time, dim]; positions and mask play no part."""
        time = x.shape[1]
        gate_in, gate_out, value = self.w_in(x).chunk(3, dim=-1)
        padded = F.pad(gate_in * value, (0, 0, KERNEL - 1, 0))
        out = sum(padded[:, i:i + time] * self.kernel[:, 0, i] for i in range(KERNEL))
        return self.w_out(gate_out * out)


class Model(nn.Module):
    """Token ids [batch, time] to logits [batch, time, vocab]."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embedding = nn.Parameter(torch.empty(config.vocab, config.dim).normal_(0.0, 0.02))
        kinds = {"a": AttentionLayer, "c": ConvolutionLayer}
        mixers = config.mixers or "a" * config.layers
        self.layers = nn.ModuleList(kinds[mixer](config) for mixer in mixers)
        self.norm = Norm(config.dim, config.eps)
        self.quantize = False
        cos, sin = rotary_tables(config)
        mask = torch.full((config.context, config.context), float("-inf")).triu(1)
        for name, table in (("cos", cos), ("sin", sin), ("mask", mask)):
            self.register_buffer(name, table, persistent=False)

    def set_quantize(self, on):
        """Switch fake quantization: INT4 for the linear layers, INT8 for the embedding."""
        self.quantize = on
        for module in self.modules():
            if isinstance(module, Linear):
                module.quantize = on

    @torch.no_grad()
    def round_weights(self):
        """Replace the weights by what fake quantization makes of them, once and for all."""
        for module in self.modules():
            if isinstance(module, Linear):
                module.weight.copy_(fake_quantize(module.weight, -8, 7))
        self.embedding.copy_(fake_quantize(self.embedding, -127, 127))
        self.set_quantize(False)

    def forward(self, ids):
        time = ids.shape[1]
        table = fake_quantize(self.embedding, -127, 127) if self.quantize else self.embedding
        x = F.embedding(ids, table)
        for layer in self.layers:
            x = layer(x, self.cos[:time], self.sin[:time], self.mask[:time, :time])
        return F.linear(self.norm(x), table)


def load(path, rounded=False):
    """Return the model of a checkpoint; `rounded` puts its weights on the INT4 and INT8 grids."""
    state = torch.load(path, map_location="cpu")
    model = Model(shape(state["size"], state.get("mixers", "")))
    model.load_state_dict(state["model"])
    if rounded:
        model.round_weights()
    return model.eval()
