"""The optimizer: Muon for the matrices of the layers, AdamW for the embedding and the gains.

Muon (Keller Jordan, 2024) steps along the nearest orthogonal matrix to the momentum, so that every
direction of a matrix learns, and not only the few that dominate the gradient. A step has the root
mean square that AdamW's have (0.2, after Moonshot's Moonlight), so one learning rate serves both.
"""

import torch

# Drives singular values in (0, 1] towards 1 in five rounds; Jordan's coefficients.
QUINTIC = (3.4445, -4.7750, 2.0315)
ROUNDS = 5
MOMENTUM = 0.95


def orthogonal(matrices):
    """Return about the nearest matrices to `matrices` [n, rows, columns] whose singular values are 1."""
    a, b, c = QUINTIC
    x = matrices / (matrices.norm(dim=(1, 2), keepdim=True) + 1e-7)
    tall = x.shape[1] > x.shape[2]
    x = x.mT if tall else x
    for _ in range(ROUNDS):
        gram = x @ x.mT
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.mT if tall else x


class Muon(torch.optim.Optimizer):
    """Momentum of Nesterov's kind, made orthogonal; decoupled weight decay."""

    def __init__(self, matrices, lr, weight_decay, each=map):
        """`each`: a map, which can do its work in threads."""
        shapes = {}
        for matrix in matrices:
            shapes.setdefault(matrix.shape, []).append(matrix)
        super().__init__([{"params": alike} for alike in shapes.values()], {"lr": lr, "weight_decay": weight_decay})
        self.each = each

    def step(self):
        list(self.each(self._step, self.param_groups))

    @torch.no_grad()
    def _step(self, group):
        """Step for matrices of one shape."""
        gradients = torch.stack([matrix.grad for matrix in group["params"]])
        momentum = self.state[group["params"][0]].setdefault("momentum", torch.zeros_like(gradients))
        momentum.lerp_(gradients, 1 - MOMENTUM)
        steps = orthogonal(gradients.lerp(momentum, MOMENTUM))
        size = group["lr"] * 0.2 * max(steps.shape[1:]) ** 0.5
        for matrix, step in zip(group["params"], steps):
            matrix.mul_(1 - group["lr"] * group["weight_decay"]).sub_(step, alpha=size)


class Both:
    """The two optimizers as one."""

    def __init__(self, model, lr, weight_decay, each=map):
        gains = [p for p in model.parameters() if p.dim() != 2]
        groups = [{"params": [model.embedding], "weight_decay": weight_decay}, {"params": gains, "weight_decay": 0.0}]
        matrices = [p for p in model.layers.parameters() if p.dim() == 2]
        self.parts = [Muon(matrices, lr, weight_decay, each),
                      torch.optim.AdamW(groups, lr=lr, betas=(0.9, 0.98), eps=1e-9)]

    @property
    def param_groups(self):
        """The groups of both, whose "lr" can be set."""
        return [group for part in self.parts for group in part.param_groups]

    def step(self):
        """Step along the gradients."""
        for part in self.parts:
            part.step()

    def state_dict(self):
        """Return the state of both."""
        return [part.state_dict() for part in self.parts]

    def load_state_dict(self, states):
        """Go on from a state."""
        for part, state in zip(self.parts, states):
            part.load_state_dict(state)
