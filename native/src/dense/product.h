// The product of two matrices. Each element of the result is one sum that starts at 0 and takes its terms in the order
// of the inner index, each with one multiply_add: whatever the shapes, the blocks and the width of a packet.
#ifndef RECTIFIER_DENSE_PRODUCT_H
#define RECTIFIER_DENSE_PRODUCT_H

#include <utility>

#include "../engine/loop.h"

namespace {

// Element [i, j] is at[i * row + j * column].
template <class S>
struct Matrix {
    S* at;
    int64_t row, column;

    Matrix from(int64_t i, int64_t j) const { return {at + i * row + j * column, row, column}; }
};

// A block of sums is at most so many rows high and has so many packets, which registers hold besides a row of the right
// factor and an element of the left one.
#if defined(EIGEN_VECTORIZE_AVX512) || defined(EIGEN_VECTORIZE_NEON)
constexpr int most_rows = 8, most_sums = 24;
#else
constexpr int most_rows = 4, most_sums = 12;
#endif

template <int Packets>
constexpr int rows_beside = most_sums / Packets < most_rows ? most_sums / Packets : most_rows;

// So many terms are summed for all rows before more are, so that this part of the right factor stays in cache.
constexpr int64_t most_terms = 256;

// A packed right factor has panels so wide, or, for the last, a multiple of the unit; a panel's rows follow each other.
constexpr int64_t packed_columns = 48, packed_unit = 16;

// What is copied of the right factor is on the stack, of which a JVM keeps 80 KiB for native code.
constexpr int panel_packets = 3 * most_terms;

// c = a * b for a block of c, or c += a * b if it goes on; b's columns are side by side.
template <class S, int Rows, int Packets>
__attribute__((flatten)) void multiply_block(
    const Matrix<const S>& a, const S* b, int64_t b_row, S* c, int64_t c_row, int64_t terms, bool goes_on) {
    using P = Packet<S>;
    constexpr int width = lanes<P>;
    P sums[Rows * Packets];
    unrolled<Rows * Packets>(
        [&](int i) { sums[i] = goes_on ? load<P>(c + i / Packets * c_row + i % Packets * width) : set<P>(0); });
    const Matrix<const S> factors = a;
    const S* left = factors.at;
    for (int64_t k = 0; k < terms; ++k) {
        P right[Packets];
        unrolled<Packets>([&](int i) { right[i] = load<P>(b + i * width); });
        unrolled<Rows>([&](int row) {
            P factor = set<P>(element(left + row * factors.row));
            unrolled<Packets>([&](int i) {
                P& sum = sums[row * Packets + i];
                sum = multiply_add(factor, right[i], sum);
            });
            // Lest GCC, told to schedule before it assigns registers, load the factors of all rows first: no register
            // would be left for some of the sums, and a sum in memory takes longer than a turn of the loop.
            asm volatile("" ::: "memory");
        });
        left += factors.column;
        b += b_row;
    }
    unrolled<Rows * Packets>([&](int i) { store(c + i / Packets * c_row + i % Packets * width, sums[i]); });
}

template <class S>
using MultiplyBlock = void (*)(const Matrix<const S>&, const S*, int64_t, S*, int64_t, int64_t, bool);

template <class S, int Packets, int... Rows>
MultiplyBlock<S> block_of(int64_t rows, std::integer_sequence<int, Rows...>) {
    static constexpr MultiplyBlock<S> blocks[] = {multiply_block<S, Rows + 1, Packets>...};
    return blocks[rows - 1];
}

// panel[i, j] = m[i, j], and 0 in the columns that m doesn't have, whose rows are no longer than a packet if its
// columns are side by side.
template <class S>
void copy_panel(const Matrix<const S>& m, int64_t rows, int64_t columns, S* panel, int64_t panel_row) {
    for (int64_t i = 0; i < rows; ++i) {
        S* row = panel + i * panel_row;
        if (m.column == 1) {
            store(row, load_some<Packet<S>>(m.from(i, 0).at, int(columns)));
            continue;
        }
        for (int64_t j = 0; j < panel_row; ++j) {
            row[j] = j < columns ? element(m.from(i, j).at) : S(0);
        }
    }
}

// panel[i, j] = m[i, j] for an m whose rows are side by side, and for whole packets of columns.
template <class S>
void transpose_panel(const Matrix<const S>& m, int64_t rows, int64_t columns, S* panel) {
    using P = Packet<S>;
    constexpr int width = lanes<P>;
    if (rows < width) {
        copy_panel(m, rows, columns, panel, columns);
        return;
    }
    for (int64_t j = 0; j < columns; j += width) {
        for (int64_t i = 0; i < rows; i += width) {
            // The last square overlaps the one before it.
            const int64_t from = rows - i < width ? rows - width : i;
            Eigen::internal::PacketBlock<P, width> square;
            unrolled<width>([&](int lane) { square.packet[lane] = load<P>(m.from(from, j + lane).at); });
            Eigen::internal::ptranspose(square);
            unrolled<width>([&](int lane) { store(panel + (from + lane) * columns + j, square.packet[lane]); });
        }
    }
}

// c = a * b, or c += a * b if it goes on. Of b either the rows or the columns are side by side.
template <class S>
struct Product {
    Matrix<const S> a, b;
    S* c;
    int64_t c_row, rows, columns, terms;
    bool goes_on = false;

    void operator()() const {
        if (columns < lanes<Packet<S>>) {
            multiply_narrow();
        } else if (b.column == 1 && terms <= most_terms && !copies_panels()) {
            // All there is of b stays in cache, and c is written in long runs.
            for_blocks<1>([&](int64_t row, int64_t high, MultiplyBlock<S>) {
                Product{a.from(row, 0), b, c + row * c_row, c_row, high, columns, terms, goes_on}.multiply_panels();
            });
        } else {
            multiply_panels();
        }
    }

    // Rows of b that are a page apart have one place in a cache, which holds only a few of them: where many rows of a
    // need them, they are copied.
    bool copies_panels() const {
        constexpr int64_t page = 4096 / sizeof(S);
        return b.column == 1 && b.row % page == 0 && rows > 8 * most_rows && terms > most_rows;
    }

    // Rows of b that follow each other come from the next cache in time.
    bool is_packed() const { return b.row <= packed_columns; }

    void multiply_panels() const {
        int64_t column = 0;
        multiply_panels<16>(column);
        multiply_panels<8>(column);
        multiply_panels<4>(column);
        multiply_panels<3>(column);
        multiply_panels<2>(column);
        multiply_panels<1>(column);
        if (column < columns) {
            // The columns that another panel has had come out as they did there.
            multiply_panel<1>(columns - lanes<Packet<S>>);
        }
    }

    template <int Packets>
    void multiply_panels(int64_t& column) const {
        constexpr int64_t width = Packets * lanes<Packet<S>>;
        if constexpr (Packets <= most_sums) {
            // Wide panels are for so few rows that one block has them all; more rows are in blocks as high as can be.
            if (Packets * most_rows <= most_sums || rows <= rows_beside<Packets>) {
                for (; column + width <= columns; column += width) {
                    multiply_panel<Packets>(column);
                }
            }
        }
    }

    template <int Packets>
    void multiply_panel(int64_t column) const {
        constexpr int64_t width = Packets * lanes<Packet<S>>;
        const bool transposes = b.column != 1, copies = copies_panels(), in_place = !transposes && !copies;
        alignas(64) S panel[panel_packets * lanes<Packet<S>>];
        for_steps(!in_place     ? panel_packets / Packets
                  : is_packed() ? terms
                                : most_terms,
            [&](int64_t k, int64_t n) {
                const Matrix<const S> part = b.from(k, column);
                if (transposes) {
                    transpose_panel(part, n, width, panel);
                } else if (copies) {
                    for (int64_t i = 0; i < n; ++i) {
                        copy_bytes(panel + i * width, part.at + i * part.row, width * sizeof(S));
                    }
                }
                for_blocks<Packets>([&](int64_t row, int64_t, MultiplyBlock<S> multiply) {
                    multiply(a.from(row, k), in_place ? part.at : panel, in_place ? part.row : width,
                        c + row * c_row + column, c_row, n, goes_on || k > 0);
                });
            });
    }

    // For fewer columns than a packet has lanes.
    void multiply_narrow() const {
        constexpr int width = lanes<Packet<S>>;
        alignas(64) S panel[most_terms * width], block[most_rows * width];
        for_steps(most_terms, [&](int64_t k, int64_t n) {
            copy_panel(b.from(k, 0), n, columns, panel, width);
            for_blocks<1>([&](int64_t row, int64_t high, MultiplyBlock<S> multiply) {
                S* to = c + row * c_row;
                copy_panel({to, c_row, 1}, goes_on || k > 0 ? high : 0, columns, block, width);
                multiply(a.from(row, k), panel, width, block, width, n, goes_on || k > 0);
                for (int64_t i = 0; i < high; ++i) {
                    store_some(to + i * c_row, load<Packet<S>>(block + i * width), int(columns));
                }
            });
        });
    }

    // body(k, n) for the terms [k, k + n), once if there are none.
    template <class Body>
    void for_steps(int64_t most, const Body& body) const {
        int64_t k = 0;
        do {
            const int64_t n = terms - k < most ? terms - k : most;
            body(k, n);
            k += n;
        } while (k < terms);
    }

    // body(row, high, multiply) for blocks of about the same height.
    template <int Packets, class Body>
    void for_blocks(const Body& body) const {
        constexpr int most = rows_beside<Packets>;
        int64_t row = 0;
        for (int64_t left = (rows + most - 1) / most; left > 0; --left) {
            const int64_t high = (rows - row + left - 1) / left;
            body(row, high, block_of<S, Packets>(high, std::make_integer_sequence<int, most>()));
            row += high;
        }
    }
};

}  // namespace

#endif
