/* The kernel of the compiled tape, as a Python module.

   A tape is a list of instructions over registers. A vector register holds one number for each
   sample of a block, a scalar register one number that is the same for all samples. The tape is
   checked once, when a Program is made: every register, weight and total that it names lies
   inside its array, so that running it touches no other memory, whatever the tape says. Running
   it releases the GIL. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include <math.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"

/* The encoding of instructions as ints. An instruction has members, each with a register for its
   result; out, start, left, right, g and x are registers.
   AFFINE    J, K, first weight, J out, K x; the weights are J starts, then K by 4, 2 or 1 for
             each 4, 2 or 1 members
   PRODUCTS  members, K, 1 if there is a start, then for each member: out, start, K left, K right
   GUARDED   the same; where left is 0 there is nothing to add
   REDUCE    J, K, first total, J adjoints g, K factors x; the totals are in tiles of 4, 2, 1 by
             4, 2, 1
   CHECK     count, registers that must be finite
   STORE     count, then for each: register, column of the result by sample
   from FIRST_ROW on, the rows of the operation table: the set of partials as bits, members, then
   for each member: out, the partials, the inputs */
enum { AFFINE, PRODUCTS, GUARDED, REDUCE, CHECK, STORE, FIRST_ROW };

typedef struct {
    int *code;
    long length;
} Tape;

typedef struct {
    int is_float, has_kernel;
    long width, granule; /* samples that a block can hold; it is filled up to granules */
    long registers, scalars, checked, totals, weights; /* the first `checked` scalars are values */
    long inputs, parameters, columns, seed, gradients;
    long constants, used_inputs, broadcasts, outputs;
    Tape before, lanes, after; /* over scalars, vectors, scalars */
    int *weight_scalars, *constant_scalars, *input_columns, *input_registers, *broadcast_registers,
        *broadcast_scalars, *output_registers, *total_scalars, *gradient_scalars;
    double *constant_values;
} Program;

typedef struct {
    const Program *program;
    int strict;
    long samples, granules, blocks, chunks, next_chunk;
    const void *x, *parameters;
    void *values, *gradient, *columns;
    void *scalars, *weights, *totals;
    long *failed_from, *failed_to;
} Run;

typedef struct {
    int (*begin)(Run *);
    void (*run_chunks)(Run *, void *registers);
    int (*finish)(Run *);
} Kernel;

#define INLINE inline __attribute__((always_inline))
#define PARALLEL_LANES _Pragma("GCC ivdep")
#define JOIN_(a, b) a##_##b
#define JOIN(a, b) JOIN_(a, b)
#define K(name) JOIN(name, VARIANT)
#define EVENS JOIN(EVENS, LANES)
#define ODDS JOIN(ODDS, LANES)
#define EVENS_2 0, 2
#define ODDS_2 1, 3
#define EVENS_4 0, 2, 4, 6
#define ODDS_4 1, 3, 5, 7
#define EVENS_8 0, 2, 4, 6, 8, 10, 12, 14
#define ODDS_8 1, 3, 5, 7, 9, 11, 13, 15
#define EVENS_16 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
#define ODDS_16 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31
#ifdef __has_builtin
#if __has_builtin(__builtin_shufflevector)
#define SHUFFLE(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#endif
#endif
#ifndef SHUFFLE
#define SHUFFLE(a, b, ...) __builtin_shuffle(a, b, (K(mask)){__VA_ARGS__})
#endif

#if defined(__x86_64__) && !defined(ONE_PROCESSOR)
#define WITH_X86
#endif

#define PROCESSOR baseline
#define VBYTES 16
#if defined(__aarch64__)
#define TILE_VECTORS 4
#define REDUCE_TOGETHER 4
#else
#define TILE_VECTORS 2
#define REDUCE_TOGETHER 2
#endif
#include "both.h"

#ifdef WITH_X86
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define PROCESSOR avx2
#define VBYTES 32
#define TILE_VECTORS 2
#define REDUCE_TOGETHER 2
#include "both.h"
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx512bw,fma"))), \
                             apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx512bw,fma,prefer-vector-width=512")
#endif
#define PROCESSOR avx512
#define VBYTES 64
#define TILE_VECTORS 4
#define REDUCE_TOGETHER 4
#include "both.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

/* The kernels this processor can run, the fastest first. */
typedef struct {
    const char *name;
    const Kernel *of_double, *of_float;
} Choice;

static Choice choices[3];
static int choice_count;

static void find_choices(void)
{
    choice_count = 0;
#ifdef WITH_X86
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw"))
        choices[choice_count++] =
            (Choice){"avx512", &kernel_double_avx512, &kernel_float_avx512};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
        choices[choice_count++] = (Choice){"avx2", &kernel_double_avx2, &kernel_float_avx2};
#endif
    choices[choice_count++] =
        (Choice){"baseline", &kernel_double_baseline, &kernel_float_baseline};
}

/* Checking a tape. */

typedef struct {
    const Program *p;
    int uniform;
    int *at, *end;
} Reader;

static int bad_tape(const char *what)
{
    PyErr_Format(PyExc_ValueError, "tape: expected %s", what);
    return 0;
}

/* The next `count` ints are registers of the tape; they become offsets into its memory. */
static int registers_inside(Reader *r, long count)
{
    long limit = r->uniform ? r->p->scalars : r->p->registers;
    long width = r->uniform ? 1 : r->p->width;
    if (count > r->end - r->at)
        return bad_tape("an instruction to end inside the tape");
    for (long i = 0; i < count; i++, r->at++) {
        if (*r->at < 0 || *r->at >= limit)
            return bad_tape("every register inside the tape's registers");
        *r->at *= (int)width;
    }
    return 1;
}

static int counts_inside(const int *counts, int how_many)
{
    for (int i = 0; i < how_many; i++)
        if (counts[i] < 0 || counts[i] > 1 << 28)
            return bad_tape("counts from 0 on");
    return 1;
}

static int instruction_inside(Reader *r)
{
    const Program *p = r->p;
    int *code = r->at, op = code[0];
    int head = op == CHECK || op == STORE ? 2 : op >= FIRST_ROW ? 3 : 4;
    if (op < 0 || op >= FIRST_ROW + ROW_COUNT)
        return bad_tape("a known instruction");
    if (r->uniform && op != PRODUCTS && op != GUARDED && op < FIRST_ROW)
        return bad_tape("only products and rows of the table over scalars");
    if (head > r->end - r->at || !counts_inside(code + 1, head - 1))
        return PyErr_Occurred() ? 0 : bad_tape("an instruction to end inside the tape");
    r->at += head;
    long a = code[1], b = code[2], c = head == 4 ? code[3] : 0;
    switch (op) {
    case AFFINE:
        if (c + a + a * b > p->weights)
            return bad_tape("every weight inside the tape's weights");
        return registers_inside(r, a + b);
    case REDUCE:
        if (c + a * b > p->totals)
            return bad_tape("every total inside the tape's totals");
        return registers_inside(r, a + b);
    case PRODUCTS:
    case GUARDED:
        if (c > 1)
            return bad_tape("a start or none");
        return registers_inside(r, a * (1 + c + 2 * b));
    case CHECK:
        return registers_inside(r, a);
    case STORE:
        for (long i = 0; i < a; i++) {
            if (!registers_inside(r, 1))
                return 0;
            if (r->at >= r->end || *r->at < 0 || *r->at >= p->columns)
                return bad_tape("every column inside the result");
            r->at++;
        }
        return 1;
    }
    op -= FIRST_ROW;
    if (a >> row_partials[op])
        return bad_tape("a set of the row's partials");
    return registers_inside(r, b * (1 + __builtin_popcount((unsigned)a) + row_inputs[op]));
}

static int tape_inside(const Program *p, Tape *tape, int uniform)
{
    Reader r = {p, uniform, tape->code, tape->code + tape->length};
    while (r.at < r.end)
        if (!instruction_inside(&r))
            return 0;
    return 1;
}

static int indices_inside(const int *indices, long count, long limit)
{
    for (long i = 0; i < count; i++)
        if (indices[i] < 0 || indices[i] >= limit)
            return bad_tape("every index inside its array");
    return 1;
}

/* A Program object. */

typedef struct {
    long threads, chunks;
    char **registers; /* of each thread */
    char *scalars, *weights, *totals;
    long *failed;
} Arena;

typedef struct {
    PyObject_HEAD
    Program program;
    Arena *spare;
} ProgramObject;

static void *zeroed(size_t bytes)
{
    void *memory = NULL;
    bytes = (bytes + 64) / 64 * 64;
    if (posix_memalign(&memory, 64, bytes))
        return NULL;
    return memset(memory, 0, bytes);
}

static void free_arena(Arena *arena)
{
    if (!arena)
        return;
    for (long i = 0; arena->registers && i < arena->threads; i++)
        free(arena->registers[i]);
    free(arena->registers);
    free(arena->scalars);
    free(arena->weights);
    free(arena->totals);
    free(arena->failed);
    free(arena);
}

static Arena *new_arena(const Program *p, long threads, long chunks)
{
    size_t size = p->is_float ? sizeof(float) : sizeof(double);
    Arena *arena = calloc(1, sizeof(Arena));
    if (!arena)
        return NULL;
    arena->threads = threads;
    arena->chunks = chunks;
    arena->registers = calloc((size_t)threads, sizeof(char *));
    arena->scalars = zeroed((size_t)p->scalars * size);
    arena->weights = zeroed((size_t)p->weights * size);
    arena->totals = zeroed((size_t)(p->totals * (chunks ? chunks : 1)) * size);
    arena->failed = calloc((size_t)chunks * 2 + 1, sizeof(long));
    int fine = arena->registers && arena->scalars && arena->weights && arena->totals &&
               arena->failed;
    size_t of_thread = (size_t)p->registers * (size_t)p->width * size;
    for (long i = 0; fine && i < threads; i++)
        fine = (arena->registers[i] = zeroed(of_thread)) != NULL;
    if (fine)
        return arena;
    free_arena(arena);
    return NULL;
}

static void program_dealloc(PyObject *self)
{
    Program *p = &((ProgramObject *)self)->program;
    free_arena(((ProgramObject *)self)->spare);
    free(p->before.code);
    free(p->lanes.code);
    free(p->after.code);
    free(p->weight_scalars);
    free(p->constant_scalars);
    free(p->input_columns);
    free(p->input_registers);
    free(p->broadcast_registers);
    free(p->broadcast_scalars);
    free(p->output_registers);
    free(p->total_scalars);
    free(p->gradient_scalars);
    free(p->constant_values);
    Py_TYPE(self)->tp_free(self);
}

static int copy_items(const Py_buffer *from, size_t size, void *to, long *count)
{
    void **memory = to;
    if ((size_t)from->len % size)
        return bad_tape("whole items");
    *count = (long)((size_t)from->len / size);
    *memory = malloc((size_t)from->len + 1);
    if (!*memory) {
        PyErr_NoMemory();
        return 0;
    }
    memcpy(*memory, from->buf, (size_t)from->len);
    return 1;
}

static int same_length(long a, long b)
{
    return a == b || bad_tape("arrays of the same length");
}

static int whole_program_inside(Program *p)
{
    if (p->width < 16 || p->width % 16 || p->width > 1 << 16 || p->registers < 0 ||
        p->scalars < 0 || p->checked < 0 || p->checked > p->scalars || p->totals < 0 ||
        p->parameters < 0 || p->parameters > p->scalars || p->inputs < 0 || p->columns < 0 ||
        p->seed < -1 || p->seed >= p->registers || p->registers > INT32_MAX / p->width)
        return bad_tape("sizes from 0 on that fit");
    int fine = tape_inside(p, &p->before, 1) && tape_inside(p, &p->lanes, 0) &&
               tape_inside(p, &p->after, 1) &&
               indices_inside(p->weight_scalars, p->weights, p->scalars) &&
               indices_inside(p->constant_scalars, p->constants, p->scalars) &&
               indices_inside(p->input_columns, p->used_inputs, p->inputs) &&
               indices_inside(p->input_registers, p->used_inputs, p->registers) &&
               indices_inside(p->broadcast_registers, p->broadcasts, p->registers) &&
               indices_inside(p->broadcast_scalars, p->broadcasts, p->scalars) &&
               indices_inside(p->output_registers, p->outputs, p->registers) &&
               indices_inside(p->total_scalars, p->totals, p->scalars) &&
               indices_inside(p->gradient_scalars, p->gradients, p->scalars);
    if (!fine)
        return 0;
    p->seed = p->seed < 0 ? -1 : p->seed * p->width;
    for (long i = 0; i < p->used_inputs; i++)
        p->input_registers[i] *= (int)p->width;
    for (long i = 0; i < p->broadcasts; i++)
        p->broadcast_registers[i] *= (int)p->width;
    for (long i = 0; i < p->outputs; i++)
        p->output_registers[i] *= (int)p->width;
    return 1;
}

#define ARRAYS 13
static PyObject *program_new(PyTypeObject *type, PyObject *arguments, PyObject *keywords)
{
    (void)keywords;
    Program p = {0};
    Py_buffer b[ARRAYS];
    if (!PyArg_ParseTuple(arguments, "plllllllly*y*y*y*y*y*y*y*y*y*y*y*y*", &p.is_float, &p.width,
                          &p.registers, &p.scalars, &p.checked, &p.inputs, &p.parameters,
                          &p.columns, &p.seed,
                          &b[0], &b[1], &b[2], &b[3], &b[4], &b[5], &b[6], &b[7], &b[8], &b[9],
                          &b[10], &b[11], &b[12]))
        return NULL;
    long values, registers, scalars;
    ProgramObject *self = (ProgramObject *)type->tp_alloc(type, 0);
    if (self) {
        self->spare = NULL;
        p.granule = p.is_float ? 16 : 8;
        int fine = copy_items(&b[0], sizeof(int), &p.before.code, &p.before.length) &&
                   copy_items(&b[1], sizeof(int), &p.lanes.code, &p.lanes.length) &&
                   copy_items(&b[2], sizeof(int), &p.after.code, &p.after.length) &&
                   copy_items(&b[3], sizeof(int), &p.weight_scalars, &p.weights) &&
                   copy_items(&b[4], sizeof(int), &p.constant_scalars, &p.constants) &&
                   copy_items(&b[5], sizeof(double), &p.constant_values, &values) &&
                   copy_items(&b[6], sizeof(int), &p.input_columns, &p.used_inputs) &&
                   copy_items(&b[7], sizeof(int), &p.input_registers, &registers) &&
                   copy_items(&b[8], sizeof(int), &p.broadcast_registers, &p.broadcasts) &&
                   copy_items(&b[9], sizeof(int), &p.broadcast_scalars, &scalars) &&
                   copy_items(&b[10], sizeof(int), &p.output_registers, &p.outputs) &&
                   copy_items(&b[11], sizeof(int), &p.total_scalars, &p.totals) &&
                   copy_items(&b[12], sizeof(int), &p.gradient_scalars, &p.gradients) &&
                   same_length(p.constants, values) && same_length(p.used_inputs, registers) &&
                   same_length(p.broadcasts, scalars) && whole_program_inside(&p);
        self->program = p;
        if (!fine)
            Py_CLEAR(self);
    }
    for (int i = 0; i < ARRAYS; i++)
        PyBuffer_Release(&b[i]);
    return (PyObject *)self;
}

/* Running. */

typedef struct {
    Run *run;
    const Kernel *kernel;
    void *registers;
} Job;

static void *job(void *argument)
{
    Job *j = argument;
    j->kernel->run_chunks(j->run, j->registers);
    return NULL;
}

/* How samples are cut into blocks and chunks follows from their number alone, never from that
   of the threads: the sums are formed in the same order. Each chunk has totals of its own. */
static void cut(Run *run, const Program *p)
{
    long most = p->totals ? 65536 / p->totals : 32;
    most = most < 4 ? 4 : most > 32 ? 32 : most;
    run->granules = (run->samples + p->granule - 1) / p->granule;
    run->blocks = (run->samples + p->width - 1) / p->width;
    run->chunks = run->blocks < most ? run->blocks : most;
}

static int run_all(Run *run, const Kernel *kernel, Arena *arena, long threads)
{
    if (kernel->begin(run))
        return 1;
    Job jobs[64];
    pthread_t others[64];
    long started = 0;
    for (long i = 0; i < threads; i++)
        jobs[i] = (Job){run, kernel, arena->registers[i]};
    while (started + 1 < threads &&
           !pthread_create(&others[started], NULL, job, &jobs[started + 1]))
        started++;
    job(&jobs[0]);
    for (long i = 0; i < started; i++)
        pthread_join(others[i], NULL);
    for (long chunk = 0; chunk < run->chunks; chunk++)
        if (run->failed_to[chunk])
            return 2;
    return run->gradient && kernel->finish(run) ? 3 : 0;
}

static int fits(const Py_buffer *b, long items, size_t size, const char *name)
{
    if (items >= 0 && (size_t)b->len == (size_t)items * size)
        return 1;
    PyErr_Format(PyExc_ValueError, "%s: expected %ld numbers of %zu bytes, got %zd bytes", name,
                 items, size, b->len);
    return 0;
}

/* run(samples, x, parameters, values, gradient, columns, threads, strict, choice)

   Fills values, and gradient or columns where they are not empty. Returns None, or where a
   number is not finite: "before", (from, to) for a block of samples, or "gradient". */
static PyObject *program_run(PyObject *object, PyObject *arguments)
{
    ProgramObject *self = (ProgramObject *)object;
    const Program *p = &self->program;
    Py_buffer x, parameters, values, gradient, columns;
    long samples, threads;
    int strict, choice;
    if (!PyArg_ParseTuple(arguments, "ly*y*w*w*w*lpi", &samples, &x, &parameters, &values,
                          &gradient, &columns, &threads, &strict, &choice))
        return NULL;
    size_t size = p->is_float ? sizeof(float) : sizeof(double);
    PyObject *result = NULL;
    Run run = {.program = p, .strict = strict, .samples = samples};
    if (samples < 0 || choice < 0 || choice >= choice_count || threads < 1)
        PyErr_SetString(PyExc_ValueError, "run: expected samples, threads and a known kernel");
    else if (fits(&x, samples * p->inputs, size, "x") &&
             fits(&parameters, p->parameters, size, "parameters") &&
             fits(&values, samples * p->outputs, size, "values") &&
             fits(&gradient, p->gradients, size, "gradient") &&
             fits(&columns, samples * p->columns, size, "columns")) {
        cut(&run, p);
        threads = threads < 64 ? threads : 64;
        threads = threads < run.chunks ? threads : run.chunks ? run.chunks : 1;
        Arena *arena = self->spare;
        self->spare = NULL;
        if (!arena || arena->threads < threads || arena->chunks < run.chunks) {
            free_arena(arena);
            arena = new_arena(p, threads, run.chunks);
        }
        if (!arena)
            PyErr_NoMemory();
        else {
            run.x = x.buf;
            run.parameters = parameters.buf;
            run.values = values.buf;
            run.gradient = p->gradients ? gradient.buf : NULL;
            run.columns = columns.buf;
            run.scalars = arena->scalars;
            run.weights = arena->weights;
            run.totals = arena->totals;
            run.failed_from = arena->failed;
            run.failed_to = arena->failed + arena->chunks;
            memset(arena->failed, 0, sizeof(long) * 2 * (size_t)arena->chunks);
            const Choice *chosen = &choices[choice];
            int outcome;
            Py_BEGIN_ALLOW_THREADS
            outcome = run_all(&run, p->is_float ? chosen->of_float : chosen->of_double, arena,
                              threads);
            Py_END_ALLOW_THREADS
            long chunk = 0;
            while (outcome == 2 && !run.failed_to[chunk])
                chunk++;
            result = outcome == 0   ? (Py_INCREF(Py_None), Py_None)
                     : outcome == 1 ? PyUnicode_FromString("before")
                     : outcome == 3
                         ? PyUnicode_FromString("gradient")
                         : Py_BuildValue("(ll)", run.failed_from[chunk], run.failed_to[chunk]);
            if (self->spare)
                free_arena(arena);
            else
                self->spare = arena;
        }
    }
    PyBuffer_Release(&x);
    PyBuffer_Release(&parameters);
    PyBuffer_Release(&values);
    PyBuffer_Release(&gradient);
    PyBuffer_Release(&columns);
    return result;
}

static PyMethodDef program_methods[] = {
    {"run", program_run, METH_VARARGS, "Run the tape over samples; see module.c."},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject program_type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "micrograd_like.tape._kernel.Program",
    .tp_basicsize = sizeof(ProgramObject),
    .tp_dealloc = program_dealloc,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_doc = "A checked tape.",
    .tp_methods = program_methods,
    .tp_new = program_new,
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "_kernel",
    .m_doc = "The compiled tape's interpreter, generated from the operation table.",
    .m_size = -1,
};

PyMODINIT_FUNC PyInit__kernel(void)
{
    find_choices();
    PyObject *module = PyModule_Create(&definition);
    PyObject *names = PyTuple_New(choice_count);
    if (!module || !names || PyType_Ready(&program_type) < 0)
        return NULL;
    for (int i = 0; i < choice_count; i++)
        PyTuple_SET_ITEM(names, i, PyUnicode_FromString(choices[i].name));
    Py_INCREF(&program_type);
    if (PyModule_AddObject(module, "Program", (PyObject *)&program_type) < 0 ||
        PyModule_AddObject(module, "PROCESSORS", names) < 0 ||
        PyModule_AddStringConstant(module, "TABLE", TABLE_DIGEST) < 0)
        return NULL;
    return module;
}
