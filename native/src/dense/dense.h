// The products of a dense layer, one tile of the result at a time.
#ifndef RECTIFIER_DENSE_DENSE_H
#define RECTIFIER_DENSE_DENSE_H

#include "../engine/half.h"
#include "../engine/table.h"
#include "product.h"

namespace {

// The tile of c = a * b, for a c of row after row.
template <class S>
void multiply_tile(
    const Matrix<const S>& a, const Matrix<const S>& b, S* c, int64_t c_row, int64_t terms, const Tile& t) {
    Product<S>{a.from(t.row, 0), b.from(0, t.column), c + t.row * c_row + t.column, c_row, t.rows, t.columns, terms}();
}

// Bias and activation follow while the tile is still in cache.
template <class S>
void finish_tile(
    const Elementwise* f, const Parameters& parameters, const S* b, S* z, S* y, int64_t units, const Tile& t) {
    for (int64_t row = t.row; row < t.row + t.rows; ++row) {
        S* sums = z + row * units + t.column;
        for_each([](auto v, auto bias) { return add(v, bias); }, t.columns, sums, sums, b + t.column);
        S* to = y + row * units + t.column;
        if (f != nullptr) {
            f->of<S>().forward(parameters, sums, to, t.columns, false);
        } else if (to != sums) {
            copy_bytes(to, sums, size_t(t.columns) * sizeof(S));
        }
    }
}

template <class S>
void dense_forward(const Elementwise* f, const Parameters& parameters, const S* x, const S* w, const S* b, S* z, S* y,
    int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({x, inputs, 1}, {w, units, 1}, z, units, inputs, t);
    finish_tile(f, parameters, b, z, y, units, t);
}

// c = a * b for a panel b of whole units.
template <class S>
struct PackedWeights {
    using Element = S;

    static Packet<S> load_packet(const S* from) { return load<Packet<S>>(from); }

    static void multiply(
        const Matrix<const S>& a, const S* panel, int64_t columns, S* c, int64_t c_row, int64_t rows, int64_t terms) {
        Product<S>{a, {panel, columns, 1}, c, c_row, rows, columns, terms}();
    }
};

template <class Format>
struct PackedHalfWeights {
    using Element = uint16_t;

    static Packet<float> load_packet(const uint16_t* from) { return Format::load_widened(from); }

    static void multiply(const Matrix<const float>& a, const uint16_t* panel, int64_t columns, float* c, int64_t c_row,
        int64_t rows, int64_t terms) {
        // The product has a panel on the stack, too.
        constexpr int64_t most = 64;
        alignas(64) float widened[most * packed_columns];
        int64_t k = 0;
        do {
            const int64_t n = terms - k < most ? terms - k : most;
            widen<Format>(panel + k * columns, widened, n * columns);
            Product<float>{a.from(0, k), {widened, columns, 1}, c, c_row, rows, columns, n, k > 0}();
            k += n;
        } while (k < terms);
    }
};

// One row has its own form: it waits for the weights to come from memory, so they are used as they come, and one panel
// has too few sums to keep a processor busy. So many whole panels, and the last one if it has so many units.
template <class S, class Weights, int Panels, int Units>
__attribute__((flatten)) void multiply_row(const S* x, const typename Weights::Element* w, S* y, int64_t terms) {
    using P = Packet<S>;
    constexpr int width = lanes<P>, whole = int(packed_columns) / width, rest = Units * int(packed_unit) / width;
    P sums[Panels * whole + rest];
    unrolled<Panels * whole + rest>([&](int i) { sums[i] = set<P>(0); });
    const typename Weights::Element *panels = w, *last = w + Panels * packed_columns * terms;
    for (int64_t k = 0; k < terms; ++k) {
        const P factor = set<P>(element(x + k));
        unrolled<Panels * whole>([&](int i) {
            const auto* from = panels + i / whole * packed_columns * terms + i % whole * width;
            sums[i] = multiply_add(factor, Weights::load_packet(from), sums[i]);
        });
        unrolled<rest>([&](int i) {
            P& sum = sums[Panels * whole + i];
            sum = multiply_add(factor, Weights::load_packet(last + i * width), sum);
        });
        panels += packed_columns;
        last += rest * width;
    }
    unrolled<Panels * whole + rest>([&](int i) { store(y + i * width, sums[i]); });
}

// The tile begins with a panel.
template <class S, class Weights>
void dense_packed_row(
    const S* x, const typename Weights::Element* w, S* y, int64_t inputs, int64_t units, const Tile& t) {
    constexpr int most_panels = 2;
    const S* from = x + t.row * inputs;
    S* to = y + t.row * units;
    int64_t column = t.column;
    const int64_t end = t.column + t.columns;
    for (constexpr int64_t width = most_panels * packed_columns; column + width <= end; column += width) {
        multiply_row<S, Weights, most_panels, 0>(from, w + column * inputs, to + column, inputs);
    }
    using MultiplyRow = void (*)(const S*, const typename Weights::Element*, S*, int64_t);
    static constexpr MultiplyRow rests[] = {nullptr, multiply_row<S, Weights, 0, 1>, multiply_row<S, Weights, 0, 2>,
        multiply_row<S, Weights, 1, 0>, multiply_row<S, Weights, 1, 1>, multiply_row<S, Weights, 1, 2>,
        multiply_row<S, Weights, 2, 0>};
    if (column < end) {
        S sums[most_panels * packed_columns];
        rests[(end - column + packed_unit - 1) / packed_unit](from, w + column * inputs, sums, inputs);
        copy_bytes(to + column, sums, size_t(end - column) * sizeof(S));
    }
}

// The tile begins with a panel, as the weights' order in rectifier.h says.
template <class S, class Weights>
void dense_packed(const Elementwise* f, const Parameters& parameters, const S* x, const typename Weights::Element* w,
    const S* b, S* y, int64_t inputs, int64_t units, const Tile& t) {
    const Matrix<const S> a = {x + t.row * inputs, inputs, 1};
    if (t.rows == 1) {
        dense_packed_row<S, Weights>(x, w, y, inputs, units, t);
    } else {
        for (int64_t column = t.column; column < t.column + t.columns; column += packed_columns) {
            const int64_t left = units - column, n = left < packed_columns ? left : packed_columns;
            const int64_t columns = (n + packed_unit - 1) / packed_unit * packed_unit;
            const typename Weights::Element* panel = w + column * inputs;
            S* c = y + t.row * units + column;
            if (n == columns) {
                Weights::multiply(a, panel, columns, c, units, t.rows, inputs);
                continue;
            }
            for (int64_t row = 0; row < t.rows; row += most_rows) {
                const int64_t high = t.rows - row < most_rows ? t.rows - row : most_rows;
                alignas(64) S block[most_rows * packed_columns];
                Weights::multiply(a.from(row, 0), panel, columns, block, columns, high, inputs);
                for (int64_t i = 0; i < high; ++i) {
                    copy_bytes(c + (row + i) * units, block + i * columns, size_t(n) * sizeof(S));
                }
            }
        }
    }
    finish_tile(f, parameters, b, y, y, units, t);
}

template <class S>
void dense_input_gradient(const S* w, const S* dz, S* dx, int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({dz, units, 1}, {w, 1, units}, dx, inputs, units, t);
}

template <class S>
void dense_weight_gradient(
    const S* x, const S* dz, S* dw, int64_t batch, int64_t inputs, int64_t units, const Tile& t) {
    multiply_tile<S>({x, 1, inputs}, {dz, units, 1}, dw, units, batch, t);
}

// db[u] = the sum over the batch, for the units [first, last), in double.
template <class S>
void dense_bias_gradient(const S* dz, S* db, int64_t batch, int64_t units, int64_t first, int64_t last) {
    constexpr int width = 64;
    for (int64_t u = first; u < last; u += width) {
        const int64_t n = last - u < width ? last - u : width;
        double sums[width] = {};
        for (int64_t row = 0; row < batch; ++row) {
            const S* from = dz + row * units + u;
            for (int64_t i = 0; i < n; ++i) {
                sums[i] += double(element(from + i));
            }
        }
        for (int64_t i = 0; i < n; ++i) {
            set_element(db + u + i, S(sums[i]));
        }
    }
}

}  // namespace

#endif
