/* The interpreter for one kind of number and one kind of processor.

   module.c includes this file several times, with
       real, whole        the numbers, and integers of the same size
       VBYTES             the size of a vector register
       REDUCE_TOGETHER    adjoints whose sums over the lanes are formed side by side
       K(name)            the name, marked with the kind of processor and number
   A row of a block is `lanes` numbers, one for each sample; n of them are in use, a multiple
   of the vector's size. Offsets of rows were checked when the tape was made. */

#define F(name) K(f_##name)
#define ROW(name, mask) K(row_##name##_##mask)
#define R(number) ((real)number)
#define WIDTH ((long)(VBYTES / sizeof(real)))

typedef real K(vec) __attribute__((vector_size(VBYTES), may_alias));
typedef whole K(mask) __attribute__((vector_size(VBYTES)));
typedef void (*K(row_loop))(long n, real *lanes, const int *at);

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

   out_j = init_j + sum_k w_kj x_k for J rows that share the same x: a product of matrices,
   in tiles that stay in registers, J rows by V vectors. Long sums are cut into pieces, so that
   the rows of x that a piece needs are still in the cache for the next J. */
#define PIECE 64

static INLINE void K(affine_tile)(const int J, const int V, long count, real *lanes, const int *x,
                                  const real *w, const int *out, const real *init)
{
    K(vec) acc[4][4];
    for (int j = 0; j < J; j++)
        for (int v = 0; v < V; v++)
            if (init)
                acc[j][v] = init[j] - (K(vec)){0};
            else
                acc[j][v] = *(const K(vec) *)(lanes + out[j] + v * WIDTH);
    for (long k = 0; k < count; k++) {
        const real *row = lanes + x[k];
        for (int v = 0; v < V; v++) {
            K(vec) xs = *(const K(vec) *)(row + v * WIDTH);
            for (int j = 0; j < J; j++)
                acc[j][v] += w[k * J + j] * xs;
        }
    }
    for (int j = 0; j < J; j++)
        for (int v = 0; v < V; v++)
            *(K(vec) *)(lanes + out[j] + v * WIDTH) = acc[j][v];
}

static INLINE void K(affine_rows)(const int J, long n, long count, real *lanes, const int *x,
                                  const real *w, const int *out, const real *init)
{
    long lane = 0;
    for (; lane + TILE_VECTORS * WIDTH <= n; lane += TILE_VECTORS * WIDTH)
        K(affine_tile)(J, TILE_VECTORS, count, lanes + lane, x, w, out, init);
    if (lane + 2 * WIDTH <= n) {
        K(affine_tile)(J, 2, count, lanes + lane, x, w, out, init);
        lane += 2 * WIDTH;
    }
    for (; lane < n; lane += WIDTH)
        K(affine_tile)(J, 1, count, lanes + lane, x, w, out, init);
}

static void K(affine)(long n, real *lanes, const int *code, const real *weights)
{
    const int J = code[1], count = code[2], *out = code + 4, *x = code + 4 + J;
    const real *init = weights + code[3], *w = init + J;
    for (long start = 0; start == 0 || start < count; start += PIECE) {
        long piece = count - start < PIECE ? count - start : PIECE;
        const real *of_tile = w;
        for (int j = 0; j < J;) {
            int rows = J - j >= 4 ? 4 : J - j >= 2 ? 2 : 1;
            const real *from = of_tile + start * rows, *first = start ? NULL : init + j;
            if (rows == 4)
                K(affine_rows)(4, n, piece, lanes, x + start, from, out + j, first);
            else if (rows == 2)
                K(affine_rows)(2, n, piece, lanes, x + start, from, out + j, first);
            else
                K(affine_rows)(1, n, piece, lanes, x + start, from, out + j, first);
            of_tile += (long)count * rows;
            j += rows;
        }
    }
}

/* out = start + sum_k left_k right_k, both factors different for every sample. Where a gradient
   is `left` and 0, it passes nothing on, even if the partial `right` does not exist. */
static INLINE void K(products_row)(const int guarded, const int count, long n, real *lanes,
                                   const real *start, real *out, const int *left)
{
    for (long lane = 0; lane < n; lane += WIDTH) {
        K(vec) acc = {0};
        if (start)
            acc = *(const K(vec) *)(start + lane);
        for (int k = 0; k < count; k++) {
            K(vec) a = *(const K(vec) *)(lanes + left[k] + lane);
            K(vec) b = *(const K(vec) *)(lanes + left[count + k] + lane);
            if (guarded)
                acc += (K(vec))((K(mask))(a * b) & (a != 0));
            else
                acc += a * b;
        }
        *(K(vec) *)(out + lane) = acc;
    }
}

/* One or two products, as most are: offsets are read once, which a store might change otherwise. */
static INLINE void K(products_of_few)(const int guarded, const int count, long n, real *lanes,
                                      const real *start, real *out, const int *left)
{
    const int offsets[4] = {left[0], left[1], count > 1 ? left[2] : 0, count > 1 ? left[3] : 0};
    K(products_row)(guarded, count, n, lanes, start, out, offsets);
}

static INLINE void K(products_rows)(const int guarded, long n, real *lanes, const int *code)
{
    const int rows = code[1], count = code[2], has_start = code[3];
    const int *at = code + 4;
    for (int row = 0; row < rows; row++, at += 1 + has_start + 2 * count) {
        const real *start = has_start ? lanes + at[1] : NULL;
        const int *left = at + 1 + has_start;
        real *out = lanes + at[0];
        if (count == 1)
            K(products_of_few)(guarded, 1, n, lanes, start, out, left);
        else if (count == 2)
            K(products_of_few)(guarded, 2, n, lanes, start, out, left);
        else
            K(products_row)(guarded, count, n, lanes, start, out, left);
    }
}

static void K(products)(const int guarded, long n, real *lanes, const int *code)
{
    if (guarded)
        K(products_rows)(1, n, lanes, code);
    else
        K(products_rows)(0, n, lanes, code);
}

/* The same for a single number in each row. */
static void K(products_of_one)(const int guarded, real *lanes, const int *code)
{
    const int rows = code[1], count = code[2], has_start = code[3];
    const int *at = code + 4;
    for (int row = 0; row < rows; row++) {
        const int *left = at + 1 + has_start, *right = left + count;
        real sum = has_start ? lanes[at[1]] : 0;
        if (count < 8)
            for (int k = 0; k < count; k++) {
                real a = lanes[left[k]], b = lanes[right[k]];
                sum += guarded && a == 0 ? 0 : a * b;
            }
        else { /* four sums side by side: none waits for the one before */
            real sums[4] = {0};
            int k = 0;
            for (; k + 4 <= count; k += 4)
                for (int i = 0; i < 4; i++) {
                    real a = lanes[left[k + i]], b = lanes[right[k + i]];
                    sums[i] += guarded && a == 0 ? 0 : a * b;
                }
            for (; k < count; k++) {
                real a = lanes[left[k]], b = lanes[right[k]];
                sums[0] += guarded && a == 0 ? 0 : a * b;
            }
            sum += (sums[0] + sums[1]) + (sums[2] + sums[3]);
        }
        lanes[at[0]] = sum;
        at = right + count;
    }
}

/* Sums over the lanes.

   totals[j K + k] += sum over the samples of g_j x_k: the gradients of the weights. The lanes
   of several sums are added up side by side, neighbours first, always in the same order. */
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

static INLINE void K(reduce_tile)(const int J, const int X, long n, const real *lanes,
                                  const int *g, const int *x, real *totals)
{
    K(vec) acc[16];
    for (int i = 0; i < J * X; i++)
        acc[i] = (K(vec)){0};
    for (long lane = 0; lane < n; lane += WIDTH)
        for (int k = 0; k < X; k++) {
            K(vec) xs = *(const K(vec) *)(lanes + x[k] + lane);
            for (int j = 0; j < J; j++)
                acc[j * X + k] += *(const K(vec) *)(lanes + g[j] + lane) * xs;
        }
    K(lane_sums)(J * X, acc, totals);
}

static INLINE real *K(reduce_rows)(const int J, long n, const real *lanes, const int *g,
                                   const int *x, int count, real *totals)
{
    int k = 0;
    for (; k + 4 <= count; k += 4, totals += 4 * J)
        for (int j = 0; j < J; j += REDUCE_TOGETHER)
            K(reduce_tile)(J < REDUCE_TOGETHER ? J : REDUCE_TOGETHER, 4, n, lanes, g + j, x + k,
                           totals + 4 * j);
    if (k + 2 <= count) {
        K(reduce_tile)(J, 2, n, lanes, g, x + k, totals);
        totals += 2 * J;
        k += 2;
    }
    if (k < count) {
        K(reduce_tile)(J, 1, n, lanes, g, x + k, totals);
        totals += J;
    }
    return totals;
}

static void K(reduce)(long n, const real *lanes, const int *code, real *all_totals)
{
    const int J = code[1], count = code[2], *g = code + 4, *x = g + J;
    real *totals = all_totals + code[3];
    for (int j = 0; j < J;) {
        int rows = J - j >= 4 ? 4 : J - j >= 2 ? 2 : 1;
        if (rows == 4)
            totals = K(reduce_rows)(4, n, lanes, g + j, x, count, totals);
        else if (rows == 2)
            totals = K(reduce_rows)(2, n, lanes, g + j, x, count, totals);
        else
            totals = K(reduce_rows)(1, n, lanes, g + j, x, count, totals);
        j += rows;
    }
}

/* True if some number is infinite or NaN: times 0, only these are not 0. Two sums side by side,
   for each waits for its own last addition only. */
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

static int K(not_finite)(long n, const real *lanes, const int *code)
{
    K(vec) sum = {0};
    for (int row = 0; row < code[1]; row++)
        sum += K(zeros)(n, lanes + code[2 + row]);
    return K(any_left)(sum);
}

static const int *K(rows)(long n, real *lanes, const int *code)
{
    const int row = code[0] - FIRST_ROW, mask = code[1], rows = code[2];
    const int width = 1 + __builtin_popcount((unsigned)mask) + row_inputs[row];
    const K(row_loop) loop = K(row_loops)[row_first[row] + mask];
    const int *at = code + 3;
    for (int i = 0; i < rows; i++, at += width)
        loop(n, lanes, at);
    return at;
}

/* Nothing in the places behind the samples: times the seed's 0 there, ∞ would not be 0. */
static void K(clear_rest)(long n, long samples, real *lanes, const int *code)
{
    for (int row = 4; row < 4 + code[1] + code[2]; row++)
        for (long s = samples; s < n; s++)
            lanes[code[row] + s] = 0;
}

/* The tape from start to end over n lanes; 0, or 1 at the first number that is not finite. */
static int K(run_lanes)(const Program *p, long n, real *lanes, const real *weights, real *totals,
                        long first, long samples, real *columns, int strict)
{
    const int *code = p->lanes.code, *end = code + p->lanes.length;
    while (code < end) {
        switch (code[0]) {
        case AFFINE:
            K(affine)(n, lanes, code, weights);
            code += 4 + code[1] + code[2];
            break;
        case PRODUCTS:
        case GUARDED:
            K(products)(code[0] == GUARDED, n, lanes, code);
            code += 4 + (long)code[1] * (1 + code[3] + 2 * code[2]);
            break;
        case REDUCE:
            if (!strict)
                K(clear_rest)(n, samples, lanes, code);
            K(reduce)(n, lanes, code, totals);
            code += 4 + code[1] + code[2];
            break;
        case CHECK:
            if (strict && K(not_finite)(n, lanes, code))
                return 1;
            code += 2 + code[1];
            break;
        case STORE:
            for (int row = 0; row < code[1]; row++) {
                const real *from = lanes + code[2 + 2 * row];
                real *to = columns + first * p->columns + code[3 + 2 * row];
                for (long i = 0; i < samples; i++)
                    to[i * p->columns] = from[i];
            }
            code += 2 + 2 * (long)code[1];
            break;
        default:
            code = K(rows)(n, lanes, code);
        }
    }
    return 0;
}

/* A tape whose rows are single numbers. */
static void K(run_uniform)(const Tape *tape, real *numbers)
{
    const int *code = tape->code, *end = code + tape->length;
    while (code < end) {
        if (code[0] == PRODUCTS || code[0] == GUARDED) {
            K(products_of_one)(code[0] == GUARDED, numbers, code);
            code += 4 + (long)code[1] * (1 + code[3] + 2 * code[2]);
        } else
            code = K(rows)(1, numbers, code);
    }
}

/* Columns of the samples as rows, the last sample repeated. Where the number of columns is
   known, the compiler makes shuffles of it. */
static INLINE void K(read_columns)(const Program *p, const long inputs, long samples, long n,
                                   const real *restrict x, real *restrict lanes)
{
    for (long i = 0; i < p->used_inputs; i++) {
        real *restrict row = lanes + p->input_rows[i];
        const real *restrict from = x + p->input_columns[i];
        for (long s = 0; s < samples; s++)
            row[s] = from[s * inputs];
        for (long s = samples; s < n; s++)
            row[s] = row[samples - 1];
    }
}

/* One block: samples first to first + samples, the last one repeated up to a full vector. */
static int K(run_block)(const Program *p, Run *run, real *lanes, real *totals, long first,
                        long samples)
{
    const long n = (samples + p->granule - 1) / p->granule * p->granule;
    const real *x = (const real *)run->x + first * p->inputs;
    switch (p->inputs) {
    case 1: K(read_columns)(p, 1, samples, n, x, lanes); break;
    case 2: K(read_columns)(p, 2, samples, n, x, lanes); break;
    case 3: K(read_columns)(p, 3, samples, n, x, lanes); break;
    case 4: K(read_columns)(p, 4, samples, n, x, lanes); break;
    default: K(read_columns)(p, p->inputs, samples, n, x, lanes);
    }
    if (p->seed >= 0)
        for (long s = 0; s < n; s++)
            lanes[p->seed + s] = s < samples;
    if (K(run_lanes)(p, n, lanes, run->weights, totals, first, samples, run->columns, run->strict))
        return 1;
    for (long o = 0; o < p->outputs; o++) {
        real *to = (real *)run->values + first * p->outputs + o;
        const real *from = lanes + p->output_rows[o];
        if (p->outputs == 1)
            memcpy(to, from, (size_t)samples * sizeof(real));
        else
            for (long s = 0; s < samples; s++)
                to[s * p->outputs] = from[s];
    }
    return 0;
}

/* Chunks of blocks, until none is left; which thread takes a chunk changes nothing. */
static void K(run_chunks)(Run *run, void *rows)
{
    real *lanes = rows;
    const Program *p = run->program;
    const real *numbers = run->numbers;
    for (long i = 0; i < p->broadcasts; i++)
        for (long s = 0; s < p->width; s++)
            lanes[p->broadcast_rows[i] + s] = numbers[p->broadcast_numbers[i]];
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
            if (K(run_block)(p, run, lanes, totals, first, last - first)) {
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
    real *numbers = run->numbers, *weights = run->weights;
    memset(numbers, 0, (size_t)p->numbers * sizeof(real));
    memcpy(numbers, run->parameters, (size_t)p->parameters * sizeof(real));
    for (long i = 0; i < p->constants; i++)
        numbers[p->constant_rows[i]] = (real)p->constant_values[i];
    K(run_uniform)(&p->before, numbers);
    for (long i = 0; i < p->weights; i++)
        weights[i] = numbers[p->weight_numbers[i]];
    return run->strict && K(any_left)(K(zeros)(p->checked, numbers));
}

/* The sums of the chunks, in their order, and the gradient; 1 if it is not finite. */
static int K(finish)(Run *run)
{
    const Program *p = run->program;
    real *numbers = run->numbers, *totals = run->totals, *gradient = run->gradient;
    for (long chunk = 1; chunk < run->chunks; chunk++) {
        const real *more = totals + chunk * p->totals;
        for (long i = 0; i < p->totals; i++)
            totals[i] += more[i];
    }
    if (run->chunks)
        for (long i = 0; i < p->totals; i++)
            numbers[p->total_numbers[i]] += totals[i];
    K(run_uniform)(&p->after, numbers);
    for (long i = 0; i < p->gradients; i++)
        gradient[i] = numbers[p->gradient_numbers[i]];
    return run->strict && K(any_left)(K(zeros)(p->gradients, gradient));
}

static const Kernel K(kernel) = {K(begin), K(run_chunks), K(finish)};

#undef F
#undef ROW
#undef R
#undef WIDTH
#undef PIECE
