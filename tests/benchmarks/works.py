"""What is timed: each piece of work as numpy does it by hand, on tensors, and with HIPS autograd.

Each function returns {library: a function that does the work once}. The libraries called torch are handed in, so the
same lines run in minigrad and in PyTorch. Hand-written numpy is the limit: its constants are made once, it knows the
derivative beforehand and keeps nothing that it does not need.
"""

import numpy as np


def chain(torches: dict, hips, length: int = 100) -> dict:
    """`length` multiplications of 4 numbers by a constant, and the gradient of the first factor."""
    start, factor, one = np.ones(4, np.float32), np.full(4, 1.001, np.float32), np.ones(4, np.float32)

    def by_hand():
        x, gradient = start, one
        for _ in range(length):
            x = x * factor
        for _ in range(length):
            gradient = gradient * factor
        return gradient

    def on_tensors(torch):
        x = torch.tensor(start, requires_grad=True)
        constant, upstream = torch.tensor(factor), torch.tensor(one)

        def work():
            x.grad = None
            y = x
            for _ in range(length):
                y = y * constant
            y.backward(upstream)
            return x.grad

        return work

    def with_hips(hips):
        def forward(x):
            for _ in range(length):
                x = x * factor
            return hips.sum(x)

        gradient = hips.grad(forward)
        return lambda: gradient(start)

    return _each(by_hand, on_tensors, with_hips, torches, hips)


def mlp(torches: dict, hips, sizes: tuple, batch: int) -> dict:
    """Forward and backward of a multi-layer perceptron: tanh between linear layers, mean squared error."""
    rs = np.random.RandomState(0)
    weights = [rs.randn(m, n).astype(np.float32) * 0.1 for m, n in zip(sizes, sizes[1:], strict=False)]
    biases = [np.zeros(n, np.float32) for n in sizes[1:]]
    x, y = rs.randn(batch, sizes[0]).astype(np.float32), rs.randn(batch, sizes[-1]).astype(np.float32)
    last = len(weights) - 1

    def by_hand():
        inputs, h = [], x
        for i, (w, b) in enumerate(zip(weights, biases, strict=True)):
            inputs.append(h)
            h = h @ w + b
            if i < last:
                h = np.tanh(h)
        difference = h - y
        (difference * difference).mean()
        gradient, gradients = difference * np.float32(2 / difference.size), []
        for i in range(last, -1, -1):
            gradients += [gradient.sum(0), inputs[i].T @ gradient]
            if i:
                gradient = (gradient @ weights[i].T) * (1 - inputs[i] * inputs[i])
        return gradients[::-1]

    def on_tensors(torch):
        ws = [torch.tensor(w, requires_grad=True) for w in weights]
        bs = [torch.tensor(b, requires_grad=True) for b in biases]
        data, target = torch.tensor(x), torch.tensor(y)

        def work():
            for parameter in ws + bs:
                parameter.grad = None
            h = data
            for i, (w, b) in enumerate(zip(ws, bs, strict=True)):
                h = h @ w + b
                if i < last:
                    h = torch.tanh(h)
            difference = h - target
            (difference * difference).mean().backward()
            return [p.grad for layer in zip(ws, bs, strict=True) for p in layer]

        return work

    def with_hips(hips):
        def loss(parameters):
            h = x
            for i, (w, b) in enumerate(parameters):
                h = hips.dot(h, w) + b
                if i < last:
                    h = hips.tanh(h)
            difference = h - y
            return hips.mean(difference * difference)

        gradient, parameters = hips.grad(loss), list(zip(weights, biases, strict=True))
        return lambda: [g for layer in gradient(parameters) for g in layer]

    return _each(by_hand, on_tensors, with_hips, torches, hips)


def training_step(torches: dict, hips, sizes: tuple = (64, 128, 128, 10), batch: int = 128) -> dict:
    """A step of a classifier: ReLU between linear layers, cross-entropy, Adam."""
    rs = np.random.RandomState(0)
    weights = [rs.randn(n, m).astype(np.float32) * 0.1 for m, n in zip(sizes, sizes[1:], strict=False)]
    biases = [np.zeros(n, np.float32) for n in sizes[1:]]
    x, labels = rs.randn(batch, sizes[0]).astype(np.float32), rs.randint(0, sizes[-1], batch)
    last, rate, beta1, beta2, eps = len(weights) - 1, 1e-3, 0.9, 0.999, 1e-8

    def by_hand():
        parameters = [p.copy() for layer in zip(weights, biases, strict=True) for p in layer]
        first, second = [np.zeros_like(p) for p in parameters], [np.zeros_like(p) for p in parameters]
        rows, steps = np.arange(batch), 0

        def work():
            nonlocal steps
            inputs, h = [], x
            for i in range(last + 1):
                inputs.append(h)
                h = h @ parameters[2 * i].T + parameters[2 * i + 1]
                if i < last:
                    h = np.maximum(h, 0)
            shifted = h - h.max(1, keepdims=True)
            exponentials = np.exp(shifted)
            sums = exponentials.sum(1, keepdims=True)
            -(shifted[rows, labels] - np.log(sums[:, 0])).mean()
            gradient = exponentials / sums
            gradient[rows, labels] -= 1
            gradient /= batch
            gradients = [None] * len(parameters)
            for i in range(last, -1, -1):
                gradients[2 * i], gradients[2 * i + 1] = gradient.T @ inputs[i], gradient.sum(0)
                if i:
                    gradient = (gradient @ parameters[2 * i]) * (inputs[i] > 0)
            steps += 1
            size, root = rate / (1 - beta1**steps), (1 - beta2**steps) ** 0.5
            for p, g, m, v in zip(parameters, gradients, first, second, strict=True):
                m *= beta1
                m += (1 - beta1) * g
                v *= beta2
                v += (1 - beta2) * g * g
                p -= size * m / (np.sqrt(v) / root + eps)

        return work

    def on_tensors(torch):
        nn = torch.nn
        layers = [layer for m, n in zip(sizes, sizes[1:], strict=False) for layer in (nn.Linear(m, n), nn.ReLU())]
        model = nn.Sequential(*layers[:-1])
        with torch.no_grad():
            for layer, w, b in zip(model[::2], weights, biases, strict=True):
                layer.weight.copy_(torch.tensor(w))
                layer.bias.copy_(torch.tensor(b))
        optimizer = torch.optim.Adam(model.parameters(), lr=rate)
        data, target, loss_of = torch.tensor(x), torch.tensor(labels), nn.CrossEntropyLoss()

        def work():
            optimizer.zero_grad()
            loss_of(model(data), target).backward()
            optimizer.step()

        return work

    return _each(by_hand(), on_tensors, None, torches, hips)


def convolution_step(torches: dict, hips, size: int = 8, channels: tuple = (1, 8, 16), batch: int = 32) -> dict:
    """Loss and gradients of a classifier of small images: twice 3x3 kernels, ReLU and 2x2 max pooling, then a layer."""
    rs = np.random.RandomState(0)
    kernels = [rs.randn(n, m, 3, 3).astype(np.float32) * 0.3 for m, n in zip(channels, channels[1:], strict=False)]
    biases = [np.zeros(n, np.float32) for n in channels[1:]]
    flat = channels[-1] * (size // 4) ** 2
    last, last_bias = rs.randn(10, flat).astype(np.float32) * 0.1, np.zeros(10, np.float32)
    x = rs.randn(batch, channels[0], size, size).astype(np.float32)
    labels, rows = rs.randint(0, 10, batch), np.arange(batch)

    def columns(h):
        """A row for each place with the 3x3 window around it: (batch * size * size, channels * 9)."""
        padded = np.zeros((*h.shape[:2], h.shape[2] + 2, h.shape[3] + 2), np.float32)
        padded[:, :, 1:-1, 1:-1] = h
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), (2, 3))
        return windows.transpose(0, 2, 3, 1, 4, 5).reshape(-1, h.shape[1] * 9)

    def by_hand():
        kept, h = [], x
        for kernel, bias in zip(kernels, biases, strict=True):
            n, _, height, width = h.shape
            seen = columns(h)
            h = (seen @ kernel.reshape(len(kernel), -1).T + bias).reshape(n, height, width, -1).transpose(0, 3, 1, 2)
            h = np.maximum(h, 0)
            quarters = np.stack([h[:, :, i::2, j::2] for i in (0, 1) for j in (0, 1)])
            first = quarters.argmax(0)
            kept.append((seen, h, first))
            h = np.take_along_axis(quarters, first[None], 0)[0]
        flat = h.reshape(batch, -1)
        logits = flat @ last.T + last_bias
        shifted = logits - logits.max(1, keepdims=True)
        exponentials = np.exp(shifted)
        sums = exponentials.sum(1, keepdims=True)
        -(shifted[rows, labels] - np.log(sums[:, 0])).mean()
        gradient = exponentials / sums
        gradient[rows, labels] -= 1
        gradient /= batch
        gradients = [gradient.sum(0), gradient.T @ flat]
        gradient = (gradient @ last).reshape(h.shape)
        for i in (1, 0):
            seen, h, first = kept[i]
            into = np.zeros_like(h)
            for n in range(4):
                into[:, :, n // 2 :: 2, n % 2 :: 2] = gradient * (first == n)
            into *= h > 0
            at_places = into.transpose(0, 2, 3, 1).reshape(-1, channels[i + 1])
            gradients += [at_places.sum(0), (at_places.T @ seen).reshape(kernels[i].shape)]
            if i:  # back to the input: the same convolution with the kernel turned round
                turned = kernels[i][:, :, ::-1, ::-1].transpose(1, 0, 2, 3)
                before = columns(into) @ turned.reshape(channels[i], -1).T
                gradient = before.reshape(*h.shape[:1], *h.shape[2:], -1).transpose(0, 3, 1, 2)
        return gradients[::-1]

    def on_tensors(torch):
        nn = torch.nn
        model = nn.Sequential(
            nn.Conv2d(channels[0], channels[1], 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(channels[1], channels[2], 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(flat, 10))  # fmt: skip
        with torch.no_grad():
            values = [kernels[0], biases[0], kernels[1], biases[1], last, last_bias]
            for parameter, value in zip(model.parameters(), values, strict=True):
                parameter.copy_(torch.tensor(value))
        data, target, loss_of = torch.tensor(x), torch.tensor(labels), nn.CrossEntropyLoss()

        def work():
            model.zero_grad()
            loss_of(model(data), target).backward()
            return [p.grad for p in model.parameters()]

        return work

    return _each(by_hand, on_tensors, None, torches, hips)


def attention_step(torches: dict, hips, tokens: int = 16, width: int = 32, heads: int = 4, batch: int = 8) -> dict:
    """Loss and gradients of one layer of causal self-attention: queries, keys, values, heads, a last product."""
    rs = np.random.RandomState(0)
    weights = [rs.randn(width, width).astype(np.float32) * 0.2 for _ in range(4)]
    x, y = (rs.randn(batch, tokens, width).astype(np.float32) for _ in range(2))
    size = width // heads
    scale, later = np.float32(size**-0.5), np.triu(np.full((tokens, tokens), -np.inf, np.float32), 1)

    def split(h):
        return h.reshape(batch, tokens, heads, size).transpose(0, 2, 1, 3)

    def joined(h):
        return h.transpose(0, 2, 1, 3).reshape(batch, tokens, width)

    def by_hand():
        q, k, v = (split(x @ w.T) for w in weights[:3])
        scores = q @ k.swapaxes(2, 3) * scale + later
        p = np.exp(scores - scores.max(3, keepdims=True))
        p /= p.sum(3, keepdims=True)
        mixed = joined(p @ v)
        difference = mixed @ weights[3].T - y
        (difference * difference).mean()
        gradient = difference * np.float32(2 / difference.size)
        last = gradient.reshape(-1, width).T @ mixed.reshape(-1, width)
        into = split(gradient @ weights[3])
        of_p = into @ v.swapaxes(2, 3)
        of_scores = p * (of_p - (of_p * p).sum(3, keepdims=True)) * scale
        parts = of_scores @ k, of_scores.swapaxes(2, 3) @ q, p.swapaxes(2, 3) @ into
        return [joined(part).reshape(-1, width).T @ x.reshape(-1, width) for part in parts] + [last]

    def on_tensors(torch):
        ws = [torch.tensor(w, requires_grad=True) for w in weights]
        data, target, F = torch.tensor(x), torch.tensor(y), torch.nn.functional

        def work():
            for w in ws:
                w.grad = None
            q, k, v = (F.linear(data, w).view(batch, tokens, heads, size).transpose(1, 2) for w in ws[:3])
            mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            out = F.linear(mixed.transpose(1, 2).reshape(batch, tokens, width), ws[3])
            F.mse_loss(out, target).backward()
            return [w.grad for w in ws]

        return work

    return _each(by_hand, on_tensors, None, torches, hips)


def _each(by_hand, on_tensors, with_hips, torches, hips):
    works = {"numpy": by_hand} | {name: on_tensors(torch) for name, torch in torches.items()}
    return works | ({"HIPS autograd": with_hips(hips)} if hips and with_hips else {})
