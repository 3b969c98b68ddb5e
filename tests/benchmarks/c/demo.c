/* The training step of micrograd's demo: 2-16-16-1 neurons, relu, max-margin loss, gradient descent with weight decay.
   Eight samples lie side by side in a vector, two vectors are in work at once, and each weight's gradient is a vector until
   the end. Parameters: each layer's weights, neuron after neuron, then its biases. */
#include <string.h>

#define IN 2
#define H 16
#define LANES 8
#define B1 (H * IN)
#define W2 (B1 + H)
#define B2 (W2 + H * H)
#define W3 (B2 + H)
#define B3 (W3 + H)
#define SIZE (B3 + 1)

typedef double lanes __attribute__((vector_size(8 * LANES)));
typedef long long mask __attribute__((vector_size(8 * LANES)));

/* a where m holds, else 0 */
static inline lanes keep(mask m, lanes a) { return (lanes)(m & (mask)a); }

/* Adds a tile's gradients to g, gives its samples' losses. */
static inline lanes tile(const lanes x[IN], lanes y, lanes valid, const double *p, lanes *g)
{
    lanes h1[H], h2[H], d1[H];
    for (int j = 0; j < H; j++) {
        lanes s = p[B1 + j] + x[0] * p[IN * j] + x[1] * p[IN * j + 1];
        h1[j] = keep(s > 0, s);
    }
    for (int j = 0; j < H; j += 4) {
        lanes s[4];
        for (int k = 0; k < 4; k++)
            s[k] = (lanes){0} + p[B2 + j + k];
        for (int i = 0; i < H; i++)
            for (int k = 0; k < 4; k++)
                s[k] += h1[i] * p[W2 + H * (j + k) + i];
        for (int k = 0; k < 4; k++)
            h2[j + k] = keep(s[k] > 0, s[k]);
    }
    lanes score = (lanes){0} + p[B3];
    for (int j = 0; j < H; j++)
        score += h2[j] * p[W3 + j];

    lanes margin = valid - y * score, d = keep(margin > 0, -y);
    g[B3] += d;
    for (int i = 0; i < H; i++)
        d1[i] = (lanes){0};
    for (int j = 0; j < H; j += 4) {
        lanes d2[4];
        for (int k = 0; k < 4; k++) {
            g[W3 + j + k] += d * h2[j + k];
            d2[k] = keep(h2[j + k] > 0, d * p[W3 + j + k]);
            g[B2 + j + k] += d2[k];
        }
        for (int i = 0; i < H; i++)
            for (int k = 0; k < 4; k++) {
                g[W2 + H * (j + k) + i] += d2[k] * h1[i];
                d1[i] += d2[k] * p[W2 + H * (j + k) + i];
            }
    }
    for (int i = 0; i < H; i++) {
        d1[i] = keep(h1[i] > 0, d1[i]);
        g[B1 + i] += d1[i];
        g[IN * i] += d1[i] * x[0];
        g[IN * i + 1] += d1[i] * x[1];
    }
    return keep(margin > 0, margin);
}

/* x holds all first inputs, then all second ones; tiles * 8 of each. Where y and valid are 0, there is no sample. */
double steps(long count, long tiles, long samples, const double *x, const double *y, const double *valid, double rate,
             double decay, double *p)
{
    double loss = 0;
    for (long step = 0; step < count; step++) {
        lanes g[SIZE], losses = {0};
        memset(g, 0, sizeof g);
        for (long t = 0; t < tiles * LANES; t += LANES) {
            lanes row[IN], label, real;
            memcpy(&row[0], x + t, sizeof(lanes));
            memcpy(&row[1], x + tiles * LANES + t, sizeof(lanes));
            memcpy(&label, y + t, sizeof(lanes));
            memcpy(&real, valid + t, sizeof(lanes));
            losses += tile(row, label, real, p, g);
        }
        for (int k = 0; k < SIZE; k++) {
            double sum = ((g[k][0] + g[k][1]) + (g[k][2] + g[k][3])) + ((g[k][4] + g[k][5]) + (g[k][6] + g[k][7]));
            p[k] -= rate * (sum / samples + decay * p[k]);
        }
        loss = 0;
        for (int k = 0; k < LANES; k++)
            loss += losses[k] / samples;
    }
    return loss;
}
