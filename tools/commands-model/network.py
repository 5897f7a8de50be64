"""The demo model's Llama over windows in which every command sees the home and itself only."""

import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(str(Path(__file__).resolve().parent.parent / "demo-model"))
import model as llama  # noqa: E402

from tokens import VOCAB  # noqa: E402

CONTEXT = 512
SIZES = {"small": dict(dim=96, layers=4, heads=3, kv_heads=1, hidden=288),
         "middle": dict(dim=128, layers=4, heads=4, kv_heads=2, hidden=352),
         "large": dict(dim=128, layers=5, heads=4, kv_heads=2, hidden=352)}


def config(size):
    """Return the shape of a size."""
    return llama.Config(vocab=VOCAB, context=CONTEXT, **SIZES[size])


def _rotate(x, cos, sin):
    """Turn the pairs of x [batch, time, heads, head_dim] by the angles of each row's positions."""
    even, odd = x[..., 0::2], x[..., 1::2]
    cos, sin = cos[:, :, None], sin[:, :, None]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


class Rows:
    """How the tokens of a batch of windows attend: its commands side by side, each with its home.

    `command` [batch, time] numbers the command of each token: 0 is the home, 255 is padding.
    """

    def __init__(self, command):
        batch, time = command.shape
        homes = (command == 0).sum(1)
        self.home = int(homes.max())
        place = torch.arange(time).expand(batch, time)
        begins = torch.where(torch.diff(command, dim=1, prepend=command[:, :1]) != 0, place, 0).cummax(1).values
        within = place - begins
        self.positions = torch.where(command == 0, place, within + homes[:, None])
        said = (command > 0) & (command < 255)
        first = torch.cat((torch.zeros(1, dtype=torch.long), command.masked_fill(~said, 0).amax(1).cumsum(0)[:-1]))
        row = first[:, None] + command - 1                     # each command is a row
        self.rows, self.length = int(row[said].max()) + 1, int(within[said].max()) + 1
        self.flat = (row * self.length + within)[said]          # where a token stands in the rows
        self.tokens = (place + torch.arange(batch)[:, None] * time)[said]
        self.window = torch.zeros(self.rows, dtype=torch.long)
        self.window[row[said]] = torch.arange(batch)[:, None].expand(batch, time)[said]
        never = -1e9
        unseen = torch.arange(self.home)[None, :] >= homes[:, None]
        self.home_mask = torch.zeros(unseen.shape).masked_fill_(unseen, never)  # [batch, home]
        self.home_causal = torch.full((self.home, self.home), never).triu(1)
        self.own_causal = torch.full((self.length, self.length), never).triu(1)

    def spread(self, x):
        """Return x [batch, time, n] as rows of commands [rows, length, n], zero where a command is shorter."""
        out = x.new_zeros(self.rows * self.length, x.shape[-1])
        return out.index_copy(0, self.flat, x.flatten(0, 1)[self.tokens]).view(self.rows, self.length, -1)

    def gather(self, home, rows, like):
        """Return the outputs of homes [batch, home, n] and rows as [batch, time, n]."""
        out = torch.zeros_like(like)
        out[:, :self.home] = home
        return out.flatten(0, 1).index_copy(0, self.tokens, rows.flatten(0, 1)[self.flat]).view_as(like)


class AttentionLayer(llama.AttentionLayer):
    """A layer in which every command attends to its home and to itself."""

    def mix(self, x, cos, sin, rows):
        """Return the output of attention; cos and sin [batch, time, head_dim / 2]."""
        c, (batch, time, _) = self.config, x.shape
        q = _rotate(self.wq(x).view(batch, time, c.heads, c.head_dim), cos, sin).flatten(2) * c.head_dim ** -0.5
        k = _rotate(self.wk(x).view(batch, time, c.kv_heads, c.head_dim), cos, sin).flatten(2)
        v = self.wv(x)
        home = [self._heads(part[:, :rows.home]) for part in (q, k, v)]
        own = [self._heads(rows.spread(part)) for part in (q, k, v)]
        mask = rows.home_mask[:, None, None] + rows.home_causal
        at_home = self._attend(home[0], [(home[1], home[2], mask)])
        in_home = rows.home_mask[rows.window][:, None, None]
        said = self._attend(own[0], [(home[1][rows.window], home[2][rows.window], in_home), (own[1], own[2], rows.own_causal)])
        return self.wo(rows.gather(at_home, said, x))

    def _heads(self, x):
        """Return [n, time, heads * head_dim] as [n, heads, time, head_dim]."""
        return x.unflatten(2, (-1, self.config.head_dim)).transpose(1, 2)

    def _attend(self, q, parts):
        """Return [n, time, dim]: attention of q over parts (k, v, mask) together."""
        n, heads, time, size = q.shape
        group = heads // self.config.kv_heads
        q = q.reshape(n, self.config.kv_heads, group * time, size)
        scores = [(torch.matmul(q, k.transpose(2, 3)).unflatten(2, (group, time)) + mask[..., None, :, :]
                   if mask.dim() == 4 else torch.matmul(q, k.transpose(2, 3)).unflatten(2, (group, time)) + mask)
                  for k, _, mask in parts]
        weights = torch.cat(scores, -1).softmax(-1).flatten(2, 3).split([k.shape[2] for k, _, _ in parts], -1)
        out = sum(torch.matmul(weight, v) for weight, (_, v, _) in zip(weights, parts))
        return out.unflatten(2, (group, time)).flatten(1, 2).transpose(1, 2).flatten(2)


class Network(llama.Model):
    """Token ids in windows to the logits of chosen places."""

    def __init__(self, shape):
        super().__init__(shape)
        self.layers = nn.ModuleList(AttentionLayer(shape) for _ in range(shape.layers))

    def forward(self, ids, command, places):
        """Return the logits [n, vocab] of the places that are true; ids, command, places [batch, time]."""
        table = llama.fake_quantize(self.embedding, -127, 127) if self.quantize else self.embedding
        rows = Rows(command)
        positions = rows.positions.clamp(max=CONTEXT - 1)
        x, cos, sin = F.embedding(ids, table), self.cos[positions], self.sin[positions]
        for layer in self.layers:
            x = layer(x, cos, sin, rows)
        return F.linear(self.norm(x)[places], table)
