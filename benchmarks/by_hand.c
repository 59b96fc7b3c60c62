/* W1 and W3 as one would write them in C for one machine and one network: the limit.

   Compiled with -O3 -march=native -ffast-math, so that exp is the vectorised one of libmvec.
   Samples are rows; p has a row for every neuron, its bias last. */

#include <math.h>
#include <string.h>

typedef double vec __attribute__((vector_size(64)));
enum { LANES = 8, IN = 2, H = 16, P1 = H * (IN + 1), P2 = H * (H + 1), P = P1 + P2 + H + 1 };

static vec positive(vec x, vec y) { return (vec)((long long __attribute__((vector_size(64))))y & (x > 0)); }

/* values: the hinge loss of each sample, over n; g: the gradient of their sum and 1e-4 sum p^2 */
void moons(const double *p, const double *x, long n, double *values, double *g)
{
    static vec G[P];
    const double *p2 = p + P1, *p3 = p + P1 + P2;
    memset(G, 0, sizeof G);
    for (long first = 0; first < n; first += LANES) {
        vec a, b, y, mask, h1[H], h2[H], g1[H], g2[H];
        for (int l = 0; l < LANES; l++) {
            long i = first + l < n ? first + l : n - 1;
            a[l] = x[3 * i], b[l] = x[3 * i + 1], y[l] = x[3 * i + 2];
            mask[l] = first + l < n ? 1.0 / n : 0;
        }
        for (int j = 0; j < H; j++) {
            vec z = p[3 * j] * a + p[3 * j + 1] * b + p[3 * j + 2];
            h1[j] = positive(z, z);
        }
        for (int j = 0; j < H; j++) {
            vec z = p2[17 * j + H] - (vec){0};
            for (int k = 0; k < H; k++)
                z += p2[17 * j + k] * h1[k];
            h2[j] = positive(z, z);
        }
        vec s = p3[H] - (vec){0};
        for (int k = 0; k < H; k++)
            s += p3[k] * h2[k];
        vec margin = 1 - y * s, gs = positive(margin, -y * mask);
        vec loss = positive(margin, margin * mask);
        for (int l = 0; l < LANES && first + l < n; l++)
            values[first + l] = loss[l];
        vec *G2 = G + P1, *G3 = G + P1 + P2;
        for (int k = 0; k < H; k++) {
            G3[k] += gs * h2[k];
            g2[k] = positive(h2[k], gs * p3[k]);
            g1[k] = (vec){0};
        }
        G3[H] += gs;
        for (int j = 0; j < H; j++) {
            for (int k = 0; k < H; k++) {
                G2[17 * j + k] += g2[j] * h1[k];
                g1[k] += p2[17 * j + k] * g2[j];
            }
            G2[17 * j + H] += g2[j];
        }
        for (int k = 0; k < H; k++) {
            vec d = positive(h1[k], g1[k]);
            G[3 * k] += d * a, G[3 * k + 1] += d * b, G[3 * k + 2] += d;
        }
    }
    for (int i = 0; i < P; i++) {
        g[i] = 2e-4 * p[i];
        for (int l = 0; l < LANES; l++)
            g[i] += G[i][l];
    }
}

/* The 2-2-1 network of logistic neurons without biases, half the squared error. p: the weights
   into the first neuron, the second, the last. */
void lesson(const double *restrict weights, const double *restrict x, long n,
            double *restrict values, double *restrict g)
{
    const double w1 = weights[0], w3 = weights[1], w2 = weights[2], w4 = weights[3];
    const double w5 = weights[4], w6 = weights[5];
    double g0 = 0, g1 = 0, g2 = 0, g3 = 0, g4 = 0, g5 = 0;
    for (long i = 0; i < n; i++) {
        double a = x[3 * i], b = x[3 * i + 1];
        double z1 = 1 / (1 + exp(-(w1 * a + w3 * b)));
        double z2 = 1 / (1 + exp(-(w2 * a + w4 * b)));
        double out = 1 / (1 + exp(-(w5 * z1 + w6 * z2)));
        double e = out - x[3 * i + 2];
        values[i] = 0.5 * e * e;
        double d = e * out * (1 - out);
        double d1 = d * w5 * z1 * (1 - z1), d2 = d * w6 * z2 * (1 - z2);
        g0 += d1 * a, g1 += d1 * b, g2 += d2 * a, g3 += d2 * b, g4 += d * z1, g5 += d * z2;
    }
    g[0] = g0, g[1] = g1, g[2] = g2, g[3] = g3, g[4] = g4, g[5] = g5;
}
