/* The columns of a batch: which review stands in which column of which step. */

#ifndef SEQUENCE_H
#define SEQUENCE_H

#define ROUNDED 8 /* columns of a step are a multiple of this, which every vector width divides */

typedef struct {
    int64_t steps;         /* steps of the longest review */
    int64_t columns;       /* columns of the first step, which has most */
    int64_t total;         /* columns of all steps, the length of a row */
    const int64_t *starts; /* [steps + 1] first column of each step */
    const int64_t *alive;  /* [steps] reviews that have this step */
    const int64_t *rows;   /* [total] step * batch + review of each column, where the input has it */
} Sequence;

/* Order the reviews of a batch by length, the longest first, without changing ties.
 *
 * Writes `order` [batch] and what a `Sequence` holds; `backward` are the rows of the reviews read
 * from their ends. A column that only rounds up has the row of the last review of its step: it is
 * computed, and nothing reads it. Returns the columns of all steps.
 */
int64_t arrange(int64_t batch, int64_t steps, const int64_t *lengths, int64_t *order,
                int64_t *starts, int64_t *alive, int64_t *rows, int64_t *backward) {
    int64_t placed = 0, column = 0;
    for (int64_t length = steps; length > 0; length--) {
        for (int64_t review = 0; review < batch; review++)
            if (lengths[review] == length) order[placed++] = review;
        alive[length - 1] = placed;
    }
    for (int64_t step = 0; step < steps; step++) {
        const int64_t width = (alive[step] + ROUNDED - 1) / ROUNDED * ROUNDED;
        starts[step] = column;
        for (int64_t k = 0; k < width; k++, column++) {
            const int64_t review = order[k < alive[step] ? k : alive[step] - 1];
            rows[column] = step * batch + review;
            backward[column] = (lengths[review] - 1 - step) * batch + review;
        }
    }
    starts[steps] = column;
    return column;
}

#endif
