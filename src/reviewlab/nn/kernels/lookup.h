/* Rows of a table looked up by word, and their gradients, without a matrix of words between. */

#define LOOK(name) JOIN(name, TYPE, rows)

/* gates[unit, column] = table[word of the column, unit]; eight columns at a time, so that both the
 * reads and the writes are of neighbours. Returns 0, or 1 for an id outside the table. */
int64_t LOOK(lookup)(const Sequence *sequence, int64_t units, int64_t ids, const int64_t *words,
                     const REAL *table, REAL *gates) {
    const int64_t total = sequence->total;
    for (int64_t column = 0; column < total; column++)
        if ((uint64_t)words[sequence->rows[column]] >= (uint64_t)ids) return 1;
    for (int64_t column = 0; column < total; column += ROUNDED) {
        const REAL *from[ROUNDED];
        for (int k = 0; k < ROUNDED; k++)
            from[k] = table + words[sequence->rows[column + k]] * units;
        for (int64_t unit = 0; unit < units; unit++)
            for (int k = 0; k < ROUNDED; k++) gates[unit * total + column + k] = from[k][unit];
    }
    return 0;
}

/* The gradient of `lookup`: adds each column of `deltas` to the row of its word. */
void LOOK(lookup_gradient)(const Sequence *sequence, int64_t units, const int64_t *words,
                           const REAL *deltas, REAL *table) {
    const int64_t total = sequence->total;
    for (int64_t column = 0; column < total; column += ROUNDED) {
        REAL *to[ROUNDED];
        for (int k = 0; k < ROUNDED; k++)
            to[k] = table + words[sequence->rows[column + k]] * units;
        for (int64_t unit = 0; unit < units; unit++)
            for (int k = 0; k < ROUNDED; k++) to[k][unit] += deltas[unit * total + column + k];
    }
}

/* Rows [columns, units] to where the input has them, [steps x batch, units]. */
void LOOK(scatter)(const Sequence *sequence, int64_t units, const REAL *from, REAL *to) {
    for (int64_t step = 0; step < sequence->steps; step++)
        for (int64_t k = 0; k < sequence->alive[step]; k++) {
            const int64_t column = sequence->starts[step] + k;
            memcpy(to + sequence->rows[column] * units, from + column * units,
                   (size_t)units * sizeof(REAL));
        }
}
