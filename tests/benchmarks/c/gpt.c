/* microgpt's training step: one layer, 16 embeddings, 4 heads, at most 16 places, 27 tokens; Adam. Plain loops.
   Parameters: embeddings of tokens and places, the head, query, key, value, output, and the two layers of neurons. */
#include <math.h>
#include <string.h>

#define E 16
#define HEADS 4
#define D (E / HEADS)
#define PLACES 16
#define WORDS 27
#define F (4 * E)

struct parameters {
    double token[WORDS][E], place[PLACES][E], head[WORDS][E], query[E][E], key[E][E], value[E][E], output[E][E];
    double wide[F][E], narrow[E][F];
};
#define SIZE (sizeof(struct parameters) / sizeof(double))

/* y = w x */
static inline void times(int out, int in, const double *w, const double *x, double *y)
{
    for (int o = 0; o < out; o++) {
        double sum = 0;
#pragma omp simd reduction(+ : sum)
        for (int i = 0; i < in; i++)
            sum += w[in * o + i] * x[i];
        y[o] = sum;
    }
}

/* What y = w x hands back: to w's gradient, and added to x's */
static inline void times_back(int out, int in, const double *w, const double *x, const double *dy, double *restrict dw,
                              double *restrict dx)
{
    for (int o = 0; o < out; o++)
        for (int i = 0; i < in; i++) {
            dw[in * o + i] += dy[o] * x[i];
            dx[i] += dy[o] * w[in * o + i];
        }
}

/* y = x / root mean square of x; gives the factor */
static inline double norm(const double *x, double *y)
{
    double sum = 0;
    for (int i = 0; i < E; i++)
        sum += x[i] * x[i];
    double scale = 1 / sqrt(sum / E + 1e-5);
    for (int i = 0; i < E; i++)
        y[i] = x[i] * scale;
    return scale;
}

static inline void norm_back(const double *x, double scale, const double *dy, double *dx)
{
    double along = 0;
    for (int i = 0; i < E; i++)
        along += dy[i] * x[i];
    along *= scale * scale * scale / E;
    for (int i = 0; i < E; i++)
        dx[i] += scale * dy[i] - along * x[i];
}

/* x becomes its softmax */
static inline void softmax(int n, double *x)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] = exp(x[i]);
    for (int i = 0; i < n; i++)
        x[i] /= sum;
}

/* The mean loss of a document of n + 1 tokens, and its gradient */
double gradient(long n, const long *tokens, const struct parameters *p, struct parameters *g)
{
    double raw[PLACES][E], x[PLACES][E], in[PLACES][E], q[PLACES][E], k[PLACES][E], v[PLACES][E], o[PLACES][E];
    double mid[PLACES][E], normed[PLACES][E], h[PLACES][F], out[PLACES][E], share[PLACES][HEADS][PLACES];
    double scale[PLACES][3], probability[PLACES][WORDS], loss = 0;
    for (int t = 0; t < n; t++) {
        for (int i = 0; i < E; i++)
            raw[t][i] = p->token[tokens[t]][i] + p->place[t][i];
        scale[t][0] = norm(raw[t], x[t]);
        scale[t][1] = norm(x[t], in[t]);
        times(E, E, p->query[0], in[t], q[t]);
        times(E, E, p->key[0], in[t], k[t]);
        times(E, E, p->value[0], in[t], v[t]);
        for (int a = 0; a < HEADS; a++) {
            double *s = share[t][a], *mix = o[t] + D * a;
            for (int u = 0; u <= t; u++) {
                s[u] = 0;
                for (int i = D * a; i < D * a + D; i++)
                    s[u] += q[t][i] * k[u][i];
                s[u] *= 0.5; /* 1 / sqrt(D) */
            }
            softmax(t + 1, s);
            for (int i = 0; i < D; i++)
                mix[i] = 0;
            for (int u = 0; u <= t; u++)
                for (int i = 0; i < D; i++)
                    mix[i] += s[u] * v[u][D * a + i];
        }
        times(E, E, p->output[0], o[t], mid[t]);
        for (int i = 0; i < E; i++)
            mid[t][i] += x[t][i];
        scale[t][2] = norm(mid[t], normed[t]);
        times(F, E, p->wide[0], normed[t], h[t]);
        for (int i = 0; i < F; i++)
            h[t][i] = h[t][i] > 0 ? h[t][i] : 0;
        times(E, F, p->narrow[0], h[t], out[t]);
        for (int i = 0; i < E; i++)
            out[t][i] += mid[t][i];
        times(WORDS, E, p->head[0], out[t], probability[t]);
        softmax(WORDS, probability[t]);
        loss -= log(probability[t][tokens[t + 1]]);
    }

    double dk[PLACES][E] = {{0}}, dv[PLACES][E] = {{0}};
    memset(g, 0, sizeof *g);
    for (int t = n - 1; t >= 0; t--) {
        double dout[E] = {0}, dh[F] = {0}, dnormed[E] = {0}, dmid[E], mixed[E] = {0}, dq[E] = {0}, din[E] = {0}, dx[E];
        double *logits = probability[t], draw[E] = {0};
        logits[tokens[t + 1]] -= 1;
        for (int i = 0; i < WORDS; i++)
            logits[i] /= n;
        times_back(WORDS, E, p->head[0], out[t], logits, g->head[0], dout);
        times_back(E, F, p->narrow[0], h[t], dout, g->narrow[0], dh);
        for (int i = 0; i < F; i++)
            dh[i] = h[t][i] > 0 ? dh[i] : 0;
        times_back(F, E, p->wide[0], normed[t], dh, g->wide[0], dnormed);
        memcpy(dmid, dout, sizeof dmid);
        norm_back(mid[t], scale[t][2], dnormed, dmid);
        memcpy(dx, dmid, sizeof dx);
        times_back(E, E, p->output[0], o[t], dmid, g->output[0], mixed);
        for (int a = 0; a < HEADS; a++) {
            double *s = share[t][a], ds[PLACES], mean = 0;
            for (int u = 0; u <= t; u++) {
                ds[u] = 0;
                for (int i = D * a; i < D * a + D; i++) {
                    ds[u] += mixed[i] * v[u][i];
                    dv[u][i] += mixed[i] * s[u];
                }
                mean += ds[u] * s[u];
            }
            for (int u = 0; u <= t; u++) {
                double d = 0.5 * s[u] * (ds[u] - mean);
                for (int i = D * a; i < D * a + D; i++) {
                    dq[i] += d * k[u][i];
                    dk[u][i] += d * q[t][i];
                }
            }
        }
        times_back(E, E, p->query[0], in[t], dq, g->query[0], din);
        times_back(E, E, p->key[0], in[t], dk[t], g->key[0], din);
        times_back(E, E, p->value[0], in[t], dv[t], g->value[0], din);
        norm_back(x[t], scale[t][1], din, dx);
        norm_back(raw[t], scale[t][0], dx, draw);
        for (int i = 0; i < E; i++) {
            g->token[tokens[t]][i] += draw[i];
            g->place[t][i] += draw[i];
        }
    }
    return loss / n;
}

/* Steps of Adam on one document; first is the number of the first step, from 1 */
double steps(long count, long first, long n, const long *tokens, double rate, double *p, double *mean, double *square)
{
    const double beta1 = 0.85, beta2 = 0.99;
    double loss = 0;
    for (long step = first; step < first + count; step++) {
        double g[SIZE], correct1 = 1 - pow(beta1, step), correct2 = 1 - pow(beta2, step);
        loss = gradient(n, tokens, (const struct parameters *)p, (struct parameters *)g);
        for (unsigned k = 0; k < SIZE; k++) {
            mean[k] += (1 - beta1) * (g[k] - mean[k]);
            square[k] = beta2 * square[k] + (1 - beta2) * g[k] * g[k];
            p[k] -= rate * (mean[k] / correct1) / (sqrt(square[k] / correct2) + 1e-8);
        }
    }
    return loss;
}
