/* Exponentials and logarithms without a branch, so that a loop over them is vectorised.

   Each is accurate to a few units in the last place over its whole range, subnormal numbers
   included; tests/test_tape_functions.py holds them against mpmath. Nothing here relies on the
   order of operations being kept across a multiplication and an addition: a compiler may
   contract them into one instruction, which only makes them more exact. It must not
   reassociate. Included once for each processor. */

static inline double K(from_bits)(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static inline uint64_t K(to_bits)(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Added to a number below 2^51, it leaves the nearest whole number in the last bits. */
#define TO_WHOLE 0x1.8p52
#define LN2_HIGH 0x1.62e42fee00000p-1 /* times a whole number below 2^20 it is exact */
#define LN2_LOW 0x1.a39ef35793c76p-33
#define LOG2_E 1.4426950408889634

/* 2^k for a whole k from -1022 to 1023, given as k + TO_WHOLE. */
static inline double K(power_of_2)(double shifted)
{
    return K(from_bits)((K(to_bits)(shifted) + 0x3ff) << 52);
}

/* e^r - 1 for |r| <= ln(2)/2: r + r^2 times a polynomial that is within 4e-17 of exact. */
static inline double K(expm1_near_0)(double r)
{
    double q = 2.5100377619606372e-08;
    q = q * r + 2.7620078203806394e-07;
    q = q * r + 2.7557268476553695e-06;
    q = q * r + 2.4801521317484083e-05;
    q = q * r + 1.9841269863042963e-04;
    q = q * r + 1.3888888917199863e-03;
    q = q * r + 8.3333333333300630e-03;
    q = q * r + 4.1666666666624160e-02;
    q = q * r + 1.6666666666666669e-01;
    q = q * r + 5.0000000000000010e-01;
    return r * r * q + r;
}

/* e^x = 2^k e^r, with 2^k in two factors: one alone would overflow before the product does. */
static inline double K(exp)(double x)
{
    x = x > 800 ? 800 : x < -800 ? -800 : x;
    double k = (x * LOG2_E + TO_WHOLE) - TO_WHOLE;
    double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    double half = k * 0.5 + TO_WHOLE;
    double rest = (k - (half - TO_WHOLE)) + TO_WHOLE;
    return (1 + K(expm1_near_0)(r)) * K(power_of_2)(half) * K(power_of_2)(rest);
}

/* 2^k (e^r - 1) + (2^k - 1); where 2^k could overflow, the 1 no longer matters. */
static inline double K(expm1)(double x)
{
    x = x > 800 ? 800 : x < -800 ? -800 : x;
    double k = (x * LOG2_E + TO_WHOLE) - TO_WHOLE;
    double r = (x - k * LN2_HIGH) - k * LN2_LOW;
    double half = k * 0.5 + TO_WHOLE;
    double rest = (k - (half - TO_WHOLE)) + TO_WHOLE;
    double first = K(power_of_2)(half), second = K(power_of_2)(rest);
    double p = K(expm1_near_0)(r), scale = first * second;
    return k > 60 ? (1 + p) * first * second : p * scale + (scale - 1);
}

/* x = 2^k m with sqrt(1/2) <= m < sqrt(2), and ln(m) = f - f^2/2 + s (f^2/2 + R(s^2)) for
   f = m - 1 and s = f / (2 + f), with R from W. Kahan's and FreeBSD's log. *k gets k. */
static inline double K(log_of_mantissa)(double x, double *k)
{
    double tiny = x < 0x1p-1022 ? 1.0 : 0.0;
    uint64_t bits = K(to_bits)(tiny > 0 ? x * 0x1p54 : x);
    bits += 0x3ff0000000000000 - 0x3fe6a09e00000000;
    *k = K(from_bits)(bits >> 52 | 0x4330000000000000) - (0x1p52 + 1023) - tiny * 54;
    bits = (bits & 0x000fffffffffffff) + 0x3fe6a09e00000000;
    double f = K(from_bits)(bits) - 1;
    double s = f / (2 + f), z = s * s, half = 0.5 * f * f;
    double R = 1.479819860511658591e-01;
    R = R * z + 1.531383769920937332e-01;
    R = R * z + 1.818357216161805012e-01;
    R = R * z + 2.222219843214978396e-01;
    R = R * z + 2.857142874366239149e-01;
    R = R * z + 3.999999999940941908e-01;
    R = R * z + 6.666666666666735130e-01;
    return f - (half - s * (half + R * z));
}

/* What a logarithm gives where there is none: at 0, below it, at infinity. */
static inline double K(log_or_limit)(double x, double log)
{
    return x > 0 ? (x < INFINITY ? log : x) : (x == 0 ? -INFINITY : NAN);
}

static inline double K(log)(double x)
{
    double k, m = K(log_of_mantissa)(x, &k);
    return K(log_or_limit)(x, k * LN2_HIGH + (m + k * LN2_LOW));
}

static inline double K(log2)(double x)
{
    double k, m = K(log_of_mantissa)(x, &k);
    return K(log_or_limit)(x, k + m * LOG2_E);
}

static inline double K(log10)(double x)
{
    double k, m = K(log_of_mantissa)(x, &k);
    double high = 0x1.34413509f7000p-2, low = 0x1.3fde623e2566bp-43; /* log10(2) */
    return K(log_or_limit)(x, k * high + (m * 0.43429448190325182765 + k * low));
}

/* ln(1 + x): the rounding of u = 1 + x is made up for, to first order. */
static inline double K(log1p)(double x)
{
    double u = 1 + x, lost = x - (u - 1);
    double log = K(log)(u);
    return u > 0 && u < INFINITY ? log + lost / u : log;
}

/* With t = e^(-2|x|) - 1, which does not cancel near 0, tanh|x| = -t / (t + 2). */
static inline double K(tanh)(double x)
{
    double size = x < 0 ? -x : x;
    double t = K(expm1)(-2 * size);
    double tanh = -t / (t + 2);
    return x < 0 ? -tanh : tanh;
}
