/* Rosenbrock's function of n variables, and its gradient. */
double value_and_gradient(long n, const double *x, double *g)
{
    double sum = 0;
    g[0] = 0;
    for (long i = 0; i + 1 < n; i++) {
        double rise = x[i + 1] - x[i] * x[i], rest = 1 - x[i];
        sum += 100 * rise * rise + rest * rest;
        g[i] += -400 * x[i] * rise - 2 * rest;
        g[i + 1] = 200 * rise;
    }
    return sum;
}
