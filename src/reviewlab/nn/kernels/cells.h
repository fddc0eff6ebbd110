/* The three cells, for one type and one vector width.
 *
 * The forward functions find the input's contribution in `gates` and overwrite it with activations.
 * They write the state before each step to `before`, and all states, in the order of the input, to
 * `states` [steps x batch, hidden]. With `ends`, they write only the state after each review's last
 * step, to `states` [batch, hidden]. The backward functions take the weights transposed, and write
 * the gradients of the gates before their activation to `deltas`, which may be the same memory as
 * `gates`.
 *
 * `work` is memory for the columns of one step. It begins with the initial state (h, and c of an
 * LSTM, each `[hidden, columns]`); backwards with 0, which becomes that state's gradient.
 */

#define AT(matrix, row) ((matrix) + ((row) * total + start + k))
#define EACH_UNIT for (int64_t unit = 0; unit < hidden; unit++)
#define EACH_VECTOR for (int64_t k = 0; k < width; k += LANES)

#define FORWARD                                                                              \
    const Sequence *sequence, int64_t hidden, int64_t ends, const REAL *weights,             \
        const REAL *bias, REAL *gates, REAL *before, REAL *states, REAL *work
#define BACKWARD                                                                             \
    const Sequence *sequence, int64_t hidden, int64_t ends, const REAL *weights,             \
        const REAL *gates, const REAL *before, const REAL *gradients, REAL *deltas, REAL *work
#define EVALUATION                                                                           \
    const Sequence *sequence, int64_t hidden, int64_t ends, const REAL *weights,             \
        const REAL *bias, int64_t ids, const int64_t *words, const REAL *table, REAL *gates, \
        REAL *before, REAL *states, REAL *work

/* Local names for the columns of a step, declared in the functions below. */
#define STEP                                                       \
    const int64_t total = sequence->total, columns = sequence->columns; \
    const int64_t start = sequence->starts[step];                  \
    const int64_t width = sequence->starts[step + 1] - start

INLINE void NAME(keep_state)(const Sequence *sequence, int64_t step, int64_t hidden,
                             const REAL *state, REAL *before) {
    STEP;
    EACH_UNIT EACH_VECTOR {
        __builtin_prefetch(AT(before, unit + 4), 1); /* rows are far apart in memory */
        NAME(store)(AT(before, unit), NAME(load)(state + unit * columns + k));
    }
}

INLINE void NAME(give_state)(const Sequence *sequence, int64_t step, int64_t hidden, int64_t ends,
                             const REAL *state, REAL *states) {
    for (int64_t k = first_given(sequence, step, ends); k < sequence->alive[step]; k++) {
        REAL *const to = states + given_row(sequence, step, k, ends) * hidden;
        EACH_UNIT to[unit] = state[unit * sequence->columns + k];
    }
}

INLINE void NAME(add_gradient)(const Sequence *sequence, int64_t step, int64_t hidden, int64_t ends,
                               const REAL *gradients, REAL *slope) {
    for (int64_t k = first_given(sequence, step, ends); k < sequence->alive[step]; k++) {
        const REAL *const from = gradients + given_row(sequence, step, k, ends) * hidden;
        EACH_UNIT slope[unit * sequence->columns + k] += from[unit];
    }
}

/* Set the gradients of columns that only round up to 0. Computed, they might be 0 times NaN, which
 * would reach the review that has this column in an earlier step. */
INLINE void NAME(clear_rest)(const Sequence *sequence, int64_t step, int64_t rows, REAL *matrix,
                             int64_t stride) {
    const int64_t alive = sequence->alive[step];
    const int64_t width = sequence->starts[step + 1] - sequence->starts[step];
    if (alive < width)
        for (int64_t row = 0; row < rows; row++)
            memset(matrix + row * stride + alive, 0, (size_t)(width - alive) * sizeof(REAL));
}

/* Rows of `gates`: the gates i, f, g, o; then the cell state before the step, and the tanh of the
 * one after it. */
void NAME(lstm_forward)(FORWARD) {
    REAL *state = work, *cell = work + hidden * sequence->columns;
    for (int64_t step = 0; step < sequence->steps; step++) {
        STEP;
        NAME(keep_state)(sequence, step, hidden, state, before);
        NAME(product)(1, 4 * hidden, hidden, width, weights, state, columns, gates + start, total);
        EACH_UNIT EACH_VECTOR {
            REAL *const i = AT(gates, unit), *const f = AT(gates, hidden + unit);
            REAL *const g = AT(gates, 2 * hidden + unit), *const o = AT(gates, 3 * hidden + unit);
            const int64_t at = unit * columns + k;
            const VECTOR in = NAME(sigmoid)(NAME(load)(i) + bias[unit]);
            const VECTOR forget = NAME(sigmoid)(NAME(load)(f) + bias[hidden + unit]);
            const VECTOR new = NAME(tanh)(NAME(load)(g) + bias[2 * hidden + unit]);
            const VECTOR out = NAME(sigmoid)(NAME(load)(o) + bias[3 * hidden + unit]);
            const VECTOR c_before = NAME(load)(cell + at);
            const VECTOR c = forget * c_before + in * new;
            const VECTOR bent = NAME(tanh)(c);
            NAME(store)(i, in), NAME(store)(f, forget), NAME(store)(g, new), NAME(store)(o, out);
            NAME(store)(AT(gates, 4 * hidden + unit), c_before);
            NAME(store)(AT(gates, 5 * hidden + unit), bent);
            NAME(store)(cell + at, c);
            NAME(store)(state + at, out * bent);
        }
        NAME(give_state)(sequence, step, hidden, ends, state, states);
    }
}

void NAME(lstm_backward)(BACKWARD) {
    const int64_t size = hidden * sequence->columns;
    REAL *slope = work, *cell_slope = work + size, *own = work + 2 * size;
    (void)before;
    for (int64_t step = sequence->steps - 1; step >= 0; step--) {
        STEP;
        NAME(add_gradient)(sequence, step, hidden, ends, gradients, slope);
        EACH_UNIT EACH_VECTOR {
            const int64_t at = unit * columns + k;
            const VECTOR in = NAME(load)(AT(gates, unit));
            const VECTOR forget = NAME(load)(AT(gates, hidden + unit));
            const VECTOR new = NAME(load)(AT(gates, 2 * hidden + unit));
            const VECTOR out = NAME(load)(AT(gates, 3 * hidden + unit));
            const VECTOR bent = NAME(load)(AT(gates, 5 * hidden + unit));
            const VECTOR c = NAME(load)(AT(gates, 4 * hidden + unit));
            const VECTOR dh = NAME(load)(slope + at);
            const VECTOR dc = NAME(load)(cell_slope + at) + dh * out * (1 - bent * bent);
            NAME(store)(own + at, dc * new * in * (1 - in));
            NAME(store)(own + size + at, dc * c * forget * (1 - forget));
            NAME(store)(own + 2 * size + at, dc * in * (1 - new * new));
            NAME(store)(own + 3 * size + at, dh * bent * out * (1 - out));
            NAME(store)(cell_slope + at, dc * forget);
        }
        NAME(clear_rest)(sequence, step, hidden, cell_slope, columns);
        NAME(clear_rest)(sequence, step, 4 * hidden, own, columns);
        NAME(keep_state)(sequence, step, 4 * hidden, own, deltas);
        NAME(product)(0, hidden, 4 * hidden, width, weights, own, columns, slope, columns);
    }
}

/* Rows of `gates`: the gates r, z, n; then the state's contribution to n before r scales it, with
 * the fourth bias included. */
void NAME(gru_forward)(FORWARD) {
    REAL *state = work;
    for (int64_t step = 0; step < sequence->steps; step++) {
        STEP;
        NAME(keep_state)(sequence, step, hidden, state, before);
        NAME(product)(1, 2 * hidden, hidden, width, weights, state, columns, gates + start, total);
        NAME(product)(0, hidden, hidden, width, weights + 2 * hidden * hidden, state, columns,
                      gates + 3 * hidden * total + start, total);
        EACH_UNIT EACH_VECTOR {
            REAL *const r = AT(gates, unit), *const z = AT(gates, hidden + unit);
            REAL *const n = AT(gates, 2 * hidden + unit), *const q = AT(gates, 3 * hidden + unit);
            const int64_t at = unit * columns + k;
            const VECTOR reset = NAME(sigmoid)(NAME(load)(r) + bias[unit]);
            const VECTOR update = NAME(sigmoid)(NAME(load)(z) + bias[hidden + unit]);
            const VECTOR own = NAME(load)(q) + bias[3 * hidden + unit];
            const VECTOR new = NAME(tanh)(NAME(load)(n) + bias[2 * hidden + unit] + reset * own);
            NAME(store)(r, reset), NAME(store)(z, update), NAME(store)(n, new), NAME(store)(q, own);
            NAME(store)(state + at, new + update * (NAME(load)(state + at) - new));
        }
        NAME(give_state)(sequence, step, hidden, ends, state, states);
    }
}

void NAME(gru_backward)(BACKWARD) {
    const int64_t size = hidden * sequence->columns;
    REAL *slope = work, *own = work + size;
    for (int64_t step = sequence->steps - 1; step >= 0; step--) {
        STEP;
        NAME(add_gradient)(sequence, step, hidden, ends, gradients, slope);
        EACH_UNIT EACH_VECTOR {
            const int64_t at = unit * columns + k;
            const VECTOR reset = NAME(load)(AT(gates, unit));
            const VECTOR update = NAME(load)(AT(gates, hidden + unit));
            const VECTOR new = NAME(load)(AT(gates, 2 * hidden + unit));
            const VECTOR dh = NAME(load)(slope + at);
            const VECTOR dn = dh * (1 - update) * (1 - new * new);
            const VECTOR part = NAME(load)(AT(gates, 3 * hidden + unit));
            const VECTOR dz = dh * (NAME(load)(AT(before, unit)) - new) * update * (1 - update);
            NAME(store)(own + at, dn * part * reset * (1 - reset));
            NAME(store)(own + size + at, dz);
            NAME(store)(own + 2 * size + at, dn * reset);
            NAME(store)(AT(deltas, 2 * hidden + unit), dn);
            NAME(store)(slope + at, dh * update);
        }
        NAME(clear_rest)(sequence, step, hidden, slope, columns);
        NAME(clear_rest)(sequence, step, 3 * hidden, own, columns);
        NAME(clear_rest)(sequence, step, hidden, deltas + 2 * hidden * total + start, total);
        NAME(keep_state)(sequence, step, 2 * hidden, own, deltas);
        NAME(keep_state)(sequence, step, hidden, own + 2 * size, deltas + 3 * hidden * total);
        NAME(product)(1, hidden, 3 * hidden, width, weights, own, columns, slope, columns);
    }
}

/* One gate, which is the state itself. */
void NAME(rnn_forward)(FORWARD) {
    REAL *state = work;
    for (int64_t step = 0; step < sequence->steps; step++) {
        STEP;
        NAME(keep_state)(sequence, step, hidden, state, before);
        NAME(product)(1, hidden, hidden, width, weights, state, columns, gates + start, total);
        EACH_UNIT EACH_VECTOR {
            const VECTOR new = NAME(tanh)(NAME(load)(AT(gates, unit)) + bias[unit]);
            NAME(store)(AT(gates, unit), new);
            NAME(store)(state + unit * columns + k, new);
        }
        NAME(give_state)(sequence, step, hidden, ends, state, states);
    }
}

void NAME(rnn_backward)(BACKWARD) {
    const int64_t size = hidden * sequence->columns;
    REAL *slope = work, *own = work + size;
    (void)before;
    for (int64_t step = sequence->steps - 1; step >= 0; step--) {
        STEP;
        NAME(add_gradient)(sequence, step, hidden, ends, gradients, slope);
        EACH_UNIT EACH_VECTOR {
            const VECTOR new = NAME(load)(AT(gates, unit));
            const VECTOR dh = NAME(load)(slope + unit * columns + k);
            NAME(store)(own + unit * columns + k, dh * (1 - new * new));
        }
        NAME(clear_rest)(sequence, step, hidden, own, columns);
        NAME(keep_state)(sequence, step, hidden, own, deltas);
        NAME(product)(0, hidden, hidden, width, weights, own, columns, slope, columns);
    }
}

/* Run a layer without keeping anything for a backward pass, on words that are looked up step by
 * step: `gates` and `before` have memory for one step only, which stays in the processor's cache.
 * Returns 0, or 1 if an id is not in the table. */
#define EVALUATE(cell, count)                                                                  \
    int64_t NAME(cell##_evaluate)(EVALUATION) {                                                \
        for (int64_t step = 0; step < sequence->steps; step++) {                               \
            const Sequence one = one_step(sequence, step, (int64_t[2]){0});                    \
            if (LOOK(lookup)(&one, count * hidden, ids, words, table, gates)) return 1;        \
            NAME(cell##_forward)(&one, hidden, ends, weights, bias, gates, before, states, work); \
        }                                                                                      \
        return 0;                                                                              \
    }
EVALUATE(lstm, 4)
EVALUATE(gru, 3)
EVALUATE(rnn, 1)

#undef AT
#undef EACH_UNIT
#undef EACH_VECTOR
#undef FORWARD
#undef BACKWARD
#undef EVALUATION
#undef EVALUATE
#undef STEP
