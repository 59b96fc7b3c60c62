/* The interpreter for one kind of number and one kind of processor.

   module.c includes this file several times, with
       real, whole        the numbers, and integers of the same size
       VBYTES             the size of a vector register
       REDUCE_TOGETHER    adjoints that one pass over the lanes reduces
       K(name)            the name, marked with the kind of processor and number
   A vector register has a lane for each sample of a block; n of them are in use, a multiple of
   the vector's size. Registers are given as offsets, checked when the tape was made. */

#define F(name) K(f_##name)
#define ROW(name, mask) K(row_##name##_##mask)
#define R(number) ((real)number)
#define WIDTH ((long)(VBYTES / sizeof(real)))

typedef real K(vec) __attribute__((vector_size(VBYTES), may_alias));
typedef whole K(mask) __attribute__((vector_size(VBYTES)));
typedef void (*K(row_loop))(long n, real *registers, const int *at);

#include "functions.h"

#define OF_ONE(name) \
    static inline real F(name)(real x) { return (real)K(name)((double)x); }
OF_ONE(exp)
OF_ONE(expm1)
OF_ONE(log)
OF_ONE(log2)
OF_ONE(log10)
OF_ONE(log1p)
OF_ONE(tanh)
#undef OF_ONE
static inline real F(abs)(real x) { return (real)fabs((double)x); }
static inline real F(sqrt)(real x) { return (real)sqrt((double)x); }

#include "rows.h"

/* Sums of products.

   out_j = init_j + sum_k w_kj x_k for J members that share the same x: a product of
   matrices, in tiles of J members by V vectors that stay in the processor's registers. Long sums
   are cut into pieces, so that the x that a piece needs are still in the cache for the next J. */
#define PIECE 64

static INLINE void K(affine_tile)(const int J, const int V, long count, real *registers,
                                  const int *x, const real *w, const int *out, const real *init)
{
    K(vec) acc[4][4];
    for (int j = 0; j < J; j++)
        for (int v = 0; v < V; v++)
            if (init)
                acc[j][v] = init[j] - (K(vec)){0};
            else
                acc[j][v] = *(const K(vec) *)(registers + out[j] + v * WIDTH);
    for (long k = 0; k < count; k++) {
        const real *from = registers + x[k];
        for (int v = 0; v < V; v++) {
            K(vec) xs = *(const K(vec) *)(from + v * WIDTH);
            for (int j = 0; j < J; j++)
                acc[j][v] += w[k * J + j] * xs;
        }
    }
    for (int j = 0; j < J; j++)
        for (int v = 0; v < V; v++)
            *(K(vec) *)(registers + out[j] + v * WIDTH) = acc[j][v];
}

static INLINE void K(affine_members)(const int J, long n, long count, real *registers, const int *x,
                                  const real *w, const int *out, const real *init)
{
    long lane = 0;
    for (; lane + TILE_VECTORS * WIDTH <= n; lane += TILE_VECTORS * WIDTH)
        K(affine_tile)(J, TILE_VECTORS, count, registers + lane, x, w, out, init);
    if (lane + 2 * WIDTH <= n) {
        K(affine_tile)(J, 2, count, registers + lane, x, w, out, init);
        lane += 2 * WIDTH;
    }
    for (; lane < n; lane += WIDTH)
        K(affine_tile)(J, 1, count, registers + lane, x, w, out, init);
}

static void K(affine)(long n, real *registers, const int *code, const real *weights)
{
    const int J = code[1], count = code[2], *out = code + 4, *x = code + 4 + J;
    const real *init = weights + code[3], *w = init + J;
    for (long start = 0; start == 0 || start < count; start += PIECE) {
        long piece = count - start < PIECE ? count - start : PIECE;
        const real *of_tile = w;
        for (int j = 0; j < J;) {
            int members = J - j >= 4 ? 4 : J - j >= 2 ? 2 : 1;
            const real *from = of_tile + start * members, *first = start ? NULL : init + j;
            if (members == 4)
                K(affine_members)(4, n, piece, registers, x + start, from, out + j, first);
            else if (members == 2)
                K(affine_members)(2, n, piece, registers, x + start, from, out + j, first);
            else
                K(affine_members)(1, n, piece, registers, x + start, from, out + j, first);
            of_tile += (long)count * members;
            j += members;
        }
    }
}

/* out = start + sum_k left_k right_k, both factors different for every sample. Where a gradient
   is `left` and 0, it passes nothing on, even if the partial `right` does not exist. */
static INLINE void K(products_member)(const int guarded, const int count, long n, real *registers,
                                   const real *start, real *out, const int *left)
{
    for (long lane = 0; lane < n; lane += WIDTH) {
        K(vec) acc = {0};
        if (start)
            acc = *(const K(vec) *)(start + lane);
        for (int k = 0; k < count; k++) {
            K(vec) a = *(const K(vec) *)(registers + left[k] + lane);
            K(vec) b = *(const K(vec) *)(registers + left[count + k] + lane);
            if (guarded)
                acc += (K(vec))((K(mask))(a * b) & (a != 0));
            else
                acc += a * b;
        }
        *(K(vec) *)(out + lane) = acc;
    }
}

/* One or two products, as most are: offsets are read once, which a store might change otherwise. */
static INLINE void K(products_of_few)(const int guarded, const int count, long n, real *registers,
                                      const real *start, real *out, const int *left)
{
    const int offsets[4] = {left[0], left[1], count > 1 ? left[2] : 0, count > 1 ? left[3] : 0};
    K(products_member)(guarded, count, n, registers, start, out, offsets);
}

static INLINE void K(products_members)(const int guarded, long n, real *registers, const int *code)
{
    const int members = code[1], count = code[2], has_start = code[3];
    const int *at = code + 4;
    for (int i = 0; i < members; i++, at += 1 + has_start + 2 * count) {
        const real *start = has_start ? registers + at[1] : NULL;
        const int *left = at + 1 + has_start;
        real *out = registers + at[0];
        if (count == 1)
            K(products_of_few)(guarded, 1, n, registers, start, out, left);
        else if (count == 2)
            K(products_of_few)(guarded, 2, n, registers, start, out, left);
        else
            K(products_member)(guarded, count, n, registers, start, out, left);
    }
}

static void K(products)(const int guarded, long n, real *registers, const int *code)
{
    if (guarded)
        K(products_members)(1, n, registers, code);
    else
        K(products_members)(0, n, registers, code);
}

/* The same over scalars. */
static void K(products_of_one)(const int guarded, real *scalars, const int *code)
{
    const int members = code[1], count = code[2], has_start = code[3];
    const int *at = code + 4;
    for (int i = 0; i < members; i++) {
        const int *left = at + 1 + has_start, *right = left + count;
        real sum = has_start ? scalars[at[1]] : 0;
        if (count < 8)
            for (int k = 0; k < count; k++) {
                real a = scalars[left[k]], b = scalars[right[k]];
                sum += guarded && a == 0 ? 0 : a * b;
            }
        else { /* four accumulators: additions do not wait for one another */
            real sums[4] = {0};
            int k = 0;
            for (; k + 4 <= count; k += 4)
                for (int i = 0; i < 4; i++) {
                    real a = scalars[left[k + i]], b = scalars[right[k + i]];
                    sums[i] += guarded && a == 0 ? 0 : a * b;
                }
            for (; k < count; k++) {
                real a = scalars[left[k]], b = scalars[right[k]];
                sums[0] += guarded && a == 0 ? 0 : a * b;
            }
            sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
        }
        scalars[at[0]] = sum;
        at = right + count;
    }
}

/* Sums over the lanes.

   totals[j K + k] += sum over the samples of g_j x_k: the gradients of the weights. Several
   sums are reduced together, pairs of neighbouring lanes first, always in the same order. */
static INLINE K(vec) K(neighbours)(K(vec) a, K(vec) b)
{
    return (SHUFFLE(a, b, EVENS) + SHUFFLE(a, b, ODDS));
}

static INLINE void K(lane_sums)(const int count, K(vec) *acc, real *totals)
{
    int left = count;
    for (int span = 1; span < WIDTH; span *= 2) {
        if (left == 1)
            acc[0] = K(neighbours)(acc[0], acc[0]);
        for (int i = 0; i < left / 2; i++)
            acc[i] = K(neighbours)(acc[2 * i], acc[2 * i + 1]);
        left = left > 1 ? left / 2 : 1;
    }
    for (int i = 0; i < count; i++)
        totals[i] += acc[i / WIDTH][i % WIDTH];
}

static INLINE void K(reduce_tile)(const int J, const int X, long n, const real *registers,
                                  const int *g, const int *x, real *totals)
{
    K(vec) acc[16];
    for (int i = 0; i < J * X; i++)
        acc[i] = (K(vec)){0};
    for (long lane = 0; lane < n; lane += WIDTH)
        for (int k = 0; k < X; k++) {
            K(vec) xs = *(const K(vec) *)(registers + x[k] + lane);
            for (int j = 0; j < J; j++)
                acc[j * X + k] += *(const K(vec) *)(registers + g[j] + lane) * xs;
        }
    K(lane_sums)(J * X, acc, totals);
}

static INLINE real *K(reduce_members)(const int J, long n, const real *registers, const int *g,
                                   const int *x, int count, real *totals)
{
    int k = 0;
    for (; k + 4 <= count; k += 4, totals += 4 * J)
        for (int j = 0; j < J; j += REDUCE_TOGETHER)
            K(reduce_tile)(J < REDUCE_TOGETHER ? J : REDUCE_TOGETHER, 4, n, registers, g + j, x + k,
                           totals + 4 * j);
    if (k + 2 <= count) {
        K(reduce_tile)(J, 2, n, registers, g, x + k, totals);
        totals += 2 * J;
        k += 2;
    }
    if (k < count) {
        K(reduce_tile)(J, 1, n, registers, g, x + k, totals);
        totals += J;
    }
    return totals;
}

static void K(reduce)(long n, const real *registers, const int *code, real *all_totals)
{
    const int J = code[1], count = code[2], *g = code + 4, *x = g + J;
    real *totals = all_totals + code[3];
    for (int j = 0; j < J;) {
        int members = J - j >= 4 ? 4 : J - j >= 2 ? 2 : 1;
        if (members == 4)
            totals = K(reduce_members)(4, n, registers, g + j, x, count, totals);
        else if (members == 2)
            totals = K(reduce_members)(2, n, registers, g + j, x, count, totals);
        else
            totals = K(reduce_members)(1, n, registers, g + j, x, count, totals);
        j += members;
    }
}

/* The numbers times 0, added up: not 0 if one of them is infinite or NaN. Two accumulators hide
   the latency of the additions. */
typedef real K(loose) __attribute__((vector_size(VBYTES), may_alias, aligned(sizeof(real))));

static INLINE K(vec) K(zeros)(long n, const real *numbers)
{
    K(vec) a = {0}, b = {0};
    long i = 0;
    for (; i + 2 * WIDTH <= n; i += 2 * WIDTH) {
        a += (K(vec))(*(const K(loose) *)(numbers + i) * 0);
        b += (K(vec))(*(const K(loose) *)(numbers + i + WIDTH) * 0);
    }
    for (; i < n; i++)
        a[0] += numbers[i] * 0;
    return a + b;
}

static INLINE int K(any_left)(K(vec) sum)
{
    for (int i = 0; i < WIDTH; i++)
        if (!(sum[i] == 0))
            return 1;
    return 0;
}

static int K(not_finite)(long n, const real *registers, const int *code)
{
    K(vec) sum = {0};
    for (int i = 0; i < code[1]; i++)
        sum += K(zeros)(n, registers + code[2 + i]);
    return K(any_left)(sum);
}

static const int *K(table_row)(long n, real *registers, const int *code)
{
    const int row = code[0] - FIRST_ROW, mask = code[1], members = code[2];
    const int width = 1 + __builtin_popcount((unsigned)mask) + row_inputs[row];
    const K(row_loop) loop = K(row_loops)[row_first[row] + mask];
    const int *at = code + 3;
    for (int i = 0; i < members; i++, at += width)
        loop(n, registers, at);
    return at;
}

/* Zero in the lanes past the last sample, where the adjoint is 0: 0 times ∞ would be NaN. */
static void K(clear_rest)(long n, long samples, real *registers, const int *code)
{
    for (int i = 4; i < 4 + code[1] + code[2]; i++)
        for (long s = samples; s < n; s++)
            registers[code[i] + s] = 0;
}

/* The tape from start to end over n lanes; 0, or 1 at the first number that is not finite. */
static int K(run_lanes)(const Program *p, long n, real *registers, const real *weights,
                        real *totals, long first, long samples, real *columns, int strict)
{
    const int *code = p->lanes.code, *end = code + p->lanes.length;
    while (code < end) {
        switch (code[0]) {
        case AFFINE:
            K(affine)(n, registers, code, weights);
            code += 4 + code[1] + code[2];
            break;
        case PRODUCTS:
        case GUARDED:
            K(products)(code[0] == GUARDED, n, registers, code);
            code += 4 + (long)code[1] * (1 + code[3] + 2 * code[2]);
            break;
        case REDUCE:
            if (!strict)
                K(clear_rest)(n, samples, registers, code);
            K(reduce)(n, registers, code, totals);
            code += 4 + code[1] + code[2];
            break;
        case CHECK:
            if (strict && K(not_finite)(n, registers, code))
                return 1;
            code += 2 + code[1];
            break;
        case STORE:
            for (int i = 0; i < code[1]; i++) {
                const real *from = registers + code[2 + 2 * i];
                real *to = columns + first * p->columns + code[3 + 2 * i];
                for (long s = 0; s < samples; s++)
                    to[s * p->columns] = from[s];
            }
            code += 2 + 2 * (long)code[1];
            break;
        default:
            code = K(table_row)(n, registers, code);
        }
    }
    return 0;
}

/* A tape over scalars. */
static void K(run_uniform)(const Tape *tape, real *scalars)
{
    const int *code = tape->code, *end = code + tape->length;
    while (code < end) {
        if (code[0] == PRODUCTS || code[0] == GUARDED) {
            K(products_of_one)(code[0] == GUARDED, scalars, code);
            code += 4 + (long)code[1] * (1 + code[3] + 2 * code[2]);
        } else
            code = K(table_row)(1, scalars, code);
    }
}

/* Columns of the samples into registers, the last sample repeated. Where the number of columns is
   known, the compiler makes shuffles of it. */
static INLINE void K(read_columns)(const Program *p, const long inputs, long samples, long n,
                                   const real *restrict x, real *restrict registers)
{
    for (long i = 0; i < p->used_inputs; i++) {
        real *restrict to = registers + p->input_registers[i];
        const real *restrict from = x + p->input_columns[i];
        for (long s = 0; s < samples; s++)
            to[s] = from[s * inputs];
        for (long s = samples; s < n; s++)
            to[s] = to[samples - 1];
    }
}

/* One block: samples first to first + samples, the last one repeated up to a full vector. */
static int K(run_block)(const Program *p, Run *run, real *registers, real *totals, long first,
                        long samples)
{
    const long n = (samples + p->granule - 1) / p->granule * p->granule;
    const real *x = (const real *)run->x + first * p->inputs;
    switch (p->inputs) {
    case 1: K(read_columns)(p, 1, samples, n, x, registers); break;
    case 2: K(read_columns)(p, 2, samples, n, x, registers); break;
    case 3: K(read_columns)(p, 3, samples, n, x, registers); break;
    case 4: K(read_columns)(p, 4, samples, n, x, registers); break;
    default: K(read_columns)(p, p->inputs, samples, n, x, registers);
    }
    if (p->seed >= 0)
        for (long s = 0; s < n; s++)
            registers[p->seed + s] = s < samples;
    if (K(run_lanes)(p, n, registers, run->weights, totals, first, samples, run->columns,
                     run->strict))
        return 1;
    for (long o = 0; o < p->outputs; o++) {
        real *to = (real *)run->values + first * p->outputs + o;
        const real *from = registers + p->output_registers[o];
        if (p->outputs == 1)
            memcpy(to, from, (size_t)samples * sizeof(real));
        else
            for (long s = 0; s < samples; s++)
                to[s * p->outputs] = from[s];
    }
    return 0;
}

/* Chunks of blocks, until none is left; which thread takes a chunk changes nothing. */
static void K(run_chunks)(Run *run, void *memory)
{
    real *registers = memory;
    const Program *p = run->program;
    const real *scalars = run->scalars;
    for (long i = 0; i < p->broadcasts; i++)
        for (long s = 0; s < p->width; s++)
            registers[p->broadcast_registers[i] + s] = scalars[p->broadcast_scalars[i]];
    for (;;) {
        long chunk = __atomic_fetch_add(&run->next_chunk, 1, __ATOMIC_RELAXED);
        if (chunk >= run->chunks)
            return;
        real *totals = (real *)run->totals + chunk * p->totals;
        memset(totals, 0, (size_t)p->totals * sizeof(real));
        long from = chunk * run->blocks / run->chunks;
        long to = (chunk + 1) * run->blocks / run->chunks;
        for (long block = from; block < to; block++) {
            long first = block * run->granules / run->blocks * p->granule;
            long last = (block + 1) * run->granules / run->blocks * p->granule;
            if (last > run->samples)
                last = run->samples;
            if (K(run_block)(p, run, registers, totals, first, last - first)) {
                run->failed_from[chunk] = first;
                run->failed_to[chunk] = last;
                break;
            }
        }
    }
}

/* What is the same for all samples, before them; 1 if it is not finite. */
static int K(begin)(Run *run)
{
    const Program *p = run->program;
    real *scalars = run->scalars, *weights = run->weights;
    memset(scalars, 0, (size_t)p->scalars * sizeof(real));
    memcpy(scalars, run->parameters, (size_t)p->parameters * sizeof(real));
    for (long i = 0; i < p->constants; i++)
        scalars[p->constant_scalars[i]] = (real)p->constant_values[i];
    K(run_uniform)(&p->before, scalars);
    for (long i = 0; i < p->weights; i++)
        weights[i] = scalars[p->weight_scalars[i]];
    return run->strict && K(any_left)(K(zeros)(p->checked, scalars));
}

/* The sums of the chunks, in their order, and the gradient; 1 if it is not finite. */
static int K(finish)(Run *run)
{
    const Program *p = run->program;
    real *scalars = run->scalars, *totals = run->totals, *gradient = run->gradient;
    for (long chunk = 1; chunk < run->chunks; chunk++) {
        const real *more = totals + chunk * p->totals;
        for (long i = 0; i < p->totals; i++)
            totals[i] += more[i];
    }
    if (run->chunks)
        for (long i = 0; i < p->totals; i++)
            scalars[p->total_scalars[i]] += totals[i];
    K(run_uniform)(&p->after, scalars);
    for (long i = 0; i < p->gradients; i++)
        gradient[i] = scalars[p->gradient_scalars[i]];
    return run->strict && K(any_left)(K(zeros)(p->gradients, gradient));
}

static const Kernel K(kernel) = {K(begin), K(run_chunks), K(finish)};

#undef F
#undef ROW
#undef R
#undef WIDTH
#undef PIECE
