/* Runs every function of the compiled kernel on random shapes, for the sanitizers to watch.
 *
 * Each matrix has memory of exactly its size, so that a step beyond it is seen. The driver itself
 * checks only that all states are finite: `test_kernels.py` compares their values.
 */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "recurrence.c"

static uint64_t seed = 1;

static int64_t below(int64_t end) { /* from the linear congruential generator of Knuth's MMIX */
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (int64_t)((seed >> 33) % (uint64_t)end);
}

static int64_t *numbers(int64_t count) { return malloc((size_t)count * sizeof(int64_t)); }

typedef struct {
    Sequence forwards, backwards;
    int64_t batch, ids, *words;
    int64_t *lengths, *order, *starts, *alive, *rows, *reversed;
} Batch;

/* A batch whose steps have a multiple of `multiple` columns. */
static Batch draw(int64_t multiple) {
    Batch b = {.batch = 1 + below(40), .ids = 1 + below(30)};
    const int64_t steps = 1 + below(12), most = steps * ((b.batch + multiple - 1) / multiple * multiple);
    const int64_t sizes[] = {b.batch, b.batch, steps + 1, steps + 1, most, most,
                             steps * b.batch};
    int64_t **parts[] = {&b.lengths, &b.order, &b.starts, &b.alive, &b.rows, &b.reversed, &b.words};
    for (int k = 0; k < 7; k++) *parts[k] = numbers(sizes[k]);
    for (int64_t k = 0; k < b.batch; k++) b.lengths[k] = 1 + below(steps);
    for (int64_t k = 0; k < steps * b.batch; k++) b.words[k] = below(b.ids);
    const int64_t total =
        arrange(b.batch, steps, multiple, b.lengths, b.order, b.starts, b.alive, b.rows, b.reversed);
    const int64_t tokens = steps * b.batch;
    uint8_t *const mask = malloc((size_t)tokens);
    for (int64_t k = 0; k < tokens; k++) mask[k] = below(2) != 0;
    int64_t *const aligned = numbers(tokens), *const counts = numbers(b.batch);
    align(b.batch, steps, b.words, mask, aligned, counts);
    free(mask), free(aligned), free(counts);
    b.forwards = (Sequence){b.batch, steps, b.starts[1], total, b.starts, b.alive, b.rows};
    b.backwards = b.forwards, b.backwards.rows = b.reversed;
    return b;
}

static void discard(Batch b) {
    int64_t *parts[] = {b.lengths, b.order, b.starts, b.alive, b.rows, b.reversed, b.words};
    for (int k = 0; k < 7; k++) free(parts[k]);
}

/* A layer in one type and width: looked up, run, differentiated, and moved back. */
#define LAYER(cell, gates, kept, deltas, memory, real, type, width)                                \
    static void cell##_##type##_##width(const Batch *b, const Sequence *s, int64_t hidden,         \
                                      int64_t ends) {                                             \
        const int64_t columns = s->columns, total = s->total, rows = s->steps * b->batch;          \
        const int64_t given = ends ? b->batch : rows;                                              \
        const int64_t sizes[] = {b->ids * gates * hidden, gates * hidden * hidden, deltas * hidden, \
                                 kept * hidden * total,   hidden * total,          given * hidden,  \
                                 deltas * hidden * total, rows * hidden,                           \
                                 (memory + gates) * hidden * columns,                              \
                                 kept * hidden * columns, hidden * columns};                        \
        real *m[11];                                                                               \
        for (int k = 0; k < 11; k++) {                                                             \
            m[k] = malloc((size_t)sizes[k] * sizeof(real));                                        \
            for (int64_t i = 0; i < sizes[k]; i++) m[k][i] = (real)(below(401) - 200) / 100;       \
        }                                                                                          \
        if (lookup_##type##_rows(s, gates * hidden, b->ids, b->words, m[0], m[3])) abort();        \
        cell##_forward_##type##_##width(s, hidden, ends, m[1], m[2], m[3], m[4], m[5], m[8]);      \
        for (int64_t i = 0; i < sizes[5]; i++)                                                     \
            if (!isfinite(m[5][i])) abort();                                                       \
        cell##_backward_##type##_##width(s, hidden, ends, m[1], m[3], m[4], m[5], m[6], m[8]);     \
        lookup_gradient_##type##_rows(s, gates * hidden, b->words, m[6], m[0]);                    \
        scatter_##type##_rows(s, hidden, m[4], m[7]);                                              \
        memset(m[8], 0, (size_t)(sizes[8]) * sizeof(real));                                        \
        if (cell##_evaluate_##type##_##width(s, hidden, ends, m[1], m[2], b->ids, b->words, m[0],  \
                                             m[9], m[10], m[5], m[8]))                             \
            abort();                                                                               \
        for (int k = 0; k < 11; k++) free(m[k]);                                                   \
    }

#define CELLS(real, type, width)               \
    LAYER(lstm, 4, 6, 4, 2, real, type, width) \
    LAYER(gru, 3, 4, 4, 1, real, type, width)  \
    LAYER(rnn, 1, 1, 1, 1, real, type, width)

CELLS(float, f32, sse2)
CELLS(float, f32, avx2)
CELLS(float, f32, avx512)
CELLS(double, f64, sse2)
CELLS(double, f64, avx2)
CELLS(double, f64, avx512)

typedef void (*Layer)(const Batch *, const Sequence *, int64_t, int64_t);

int main(int count, char **arguments) {
    const Layer layers[][6] = {{lstm_f32_sse2, gru_f32_sse2, rnn_f32_sse2,
                                lstm_f64_sse2, gru_f64_sse2, rnn_f64_sse2},
                               {lstm_f32_avx2, gru_f32_avx2, rnn_f32_avx2,
                                lstm_f64_avx2, gru_f64_avx2, rnn_f64_avx2},
                               {lstm_f32_avx512, gru_f32_avx512, rnn_f32_avx512,
                                lstm_f64_avx512, gru_f64_avx512, rnn_f64_avx512}};
    const int64_t multiples[] = {8, 8, 16};
    const int widths = 1 + has_avx2() + has_avx512();
    const int64_t shapes = count > 1 ? atoll(arguments[1]) : 2000;
    for (int64_t shape = 0; shape < shapes; shape++) {
        const int64_t hidden = 1 + below(20), layer = below(6), ends = below(2);
        const int64_t backwards = below(2);
        for (int width = 0; width < widths; width++) {
            Batch batch = draw(multiples[width]);
            const Sequence *sequence = backwards ? &batch.backwards : &batch.forwards;
            layers[width][layer](&batch, sequence, hidden, ends);
            discard(batch);
        }
    }
    printf("%lld random shapes, no error\n", (long long)shapes);
    return 0;
}
