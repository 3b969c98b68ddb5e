/* Online gradient descent on XOR: two inputs, two tanh neurons, one tanh neuron, squared error; a sample a step.
   Parameters: each layer's weights, neuron after neuron, then its biases. */
#include <math.h>

double steps(long count, const double (*x)[2], const double *y, double rate, double *p)
{
    double loss = 0;
    for (long step = 0; step < count; step++) {
        const double *in = x[step & 3];
        double a = tanh(p[0] * in[0] + p[1] * in[1] + p[4]), b = tanh(p[2] * in[0] + p[3] * in[1] + p[5]);
        double out = tanh(p[6] * a + p[7] * b + p[8]), error = out - y[step & 3];
        double d = 2 * error * (1 - out * out), da = d * p[6] * (1 - a * a), db = d * p[7] * (1 - b * b);
        p[0] -= rate * da * in[0];
        p[1] -= rate * da * in[1];
        p[2] -= rate * db * in[0];
        p[3] -= rate * db * in[1];
        p[4] -= rate * da;
        p[5] -= rate * db;
        p[6] -= rate * d * a;
        p[7] -= rate * d * b;
        p[8] -= rate * d;
        loss = error * error;
    }
    return loss;
}
