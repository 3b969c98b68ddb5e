/* The training step of a network of 64-32-10 neurons, tanh, softmax and cross-entropy, on a batch; gradient descent.
   Weights are kept by input: w[i][j] leads from input i to neuron j, so that the innermost loops run over neurons.
   Parameters: each layer's weights, then its biases. */
#include <math.h>
#include <string.h>

#define IN 64
#define H 32
#define OUT 10

struct parameters {
    double w1[IN][H], b1[H], w2[H][OUT], b2[OUT];
};

double steps(long count, long samples, const double (*x)[IN], const long *label, double rate, struct parameters *p)
{
    double loss = 0;
    for (long step = 0; step < count; step++) {
        struct parameters g;
        memset(&g, 0, sizeof g);
        loss = 0;
        for (long n = 0; n < samples; n++) {
            double h[H], z[OUT], d[H], most, sum = 0;
            memcpy(h, p->b1, sizeof h);
            for (int i = 0; i < IN; i++)
                for (int j = 0; j < H; j++)
                    h[j] += x[n][i] * p->w1[i][j];
            for (int j = 0; j < H; j++)
                h[j] = tanh(h[j]);
            memcpy(z, p->b2, sizeof z);
            for (int i = 0; i < H; i++)
                for (int j = 0; j < OUT; j++)
                    z[j] += h[i] * p->w2[i][j];
            most = z[0];
            for (int j = 1; j < OUT; j++)
                most = z[j] > most ? z[j] : most;
            loss += most - z[label[n]];
            for (int j = 0; j < OUT; j++)
                sum += z[j] = exp(z[j] - most);
            loss += log(sum);

            for (int j = 0; j < OUT; j++) {
                z[j] = (z[j] / sum - (j == label[n])) / samples;
                g.b2[j] += z[j];
            }
            for (int i = 0; i < H; i++) {
                double back = 0;
                for (int j = 0; j < OUT; j++) {
                    g.w2[i][j] += h[i] * z[j];
                    back += z[j] * p->w2[i][j];
                }
                d[i] = back * (1 - h[i] * h[i]);
                g.b1[i] += d[i];
            }
            for (int i = 0; i < IN; i++)
                for (int j = 0; j < H; j++)
                    g.w1[i][j] += x[n][i] * d[j];
        }
        const double *slope = (const double *)&g;
        double *w = (double *)p;
        for (unsigned k = 0; k < sizeof g / sizeof *w; k++)
            w[k] -= rate * slope[k];
        loss /= samples;
    }
    return loss;
}
