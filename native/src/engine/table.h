// What one instruction set offers: the border between the units compiled for it and the rest of the library. Nothing
// but plain data and function pointers crosses it, so that no inline function compiled for a newer processor can be
// picked by the linker for use on an older one.
#ifndef RECTIFIER_ENGINE_TABLE_H
#define RECTIFIER_ENGINE_TABLE_H

#include <cstdint>

#include "../activations/parameters.h"
#include "../initializers/random_key.h"

// The slope of RReLU: a draw from U[lower, upper), or the reciprocal of one.
struct RandomSlope {
    bool reciprocal;
    double lower;
    double upper;
    RandomKey key;
};

// A result may be streamed past the caches if it takes the place of no source.
template <class S>
struct ElementwiseKernel {
    void (*forward)(const Parameters&, const S* x, S* y, int64_t n, bool streamed);
    void (*backward)(const Parameters&, const S* x, const S* dy, S* dx, int64_t n, bool streamed);
    // NULL where the output alone doesn't tell the derivative.
    void (*backward_from_output)(const Parameters&, const S* y, const S* dy, S* dx, int64_t n, bool streamed);
};

struct Elementwise {
    const char* name;
    int parameters;
    Cost cost;
    ElementwiseKernel<float> f32;
    ElementwiseKernel<double> f64;
    // The function and its derivative as sums hi + lo with an error well below that of rounding, where a product with
    // what f64 gives would be off by more than 2 ULP; elsewhere NULL. n is a multiple of pair_step.
    void (*forward_pair)(const Parameters&, const double* x, double* hi, double* lo, int64_t n);
    void (*derivative_pair)(const Parameters&, const double* x, double* hi, double* lo, int64_t n);
    // y = a * f(x), where that can be had without double; elsewhere NULL.
    void (*gated)(const Parameters&, const float* a, const float* x, float* y, int64_t n);

    template <class S>
    const ElementwiseKernel<S>& of() const;
};

// No register holds more doubles.
constexpr int64_t pair_step = 8;

template <>
inline const ElementwiseKernel<float>& Elementwise::of<float>() const {
    return f32;
}
template <>
inline const ElementwiseKernel<double>& Elementwise::of<double>() const {
    return f64;
}

// How the elements of x share parameters, the odd axes of x having some each: x is [s0, v1, s2, v3, s4, v5, s6] and the
// parameters are [v1, v3, v5].
struct Sharing {
    static constexpr int axes = 7;
    int64_t size[axes];
};

// An activation with a parameter that is learned. `parameters` is the number of them.
template <class S>
struct LearnedKernel {
    void (*forward)(
        const S* x, const S* p, S* y, int64_t first, int64_t last, const Sharing& sharing, int64_t parameters);
    void (*backward)(const S* x, const S* p, const S* dy, S* dx, int64_t first, int64_t last, const Sharing& sharing,
        int64_t parameters);
    // The gradients of the parameters [first, last) of several. That of a shared parameter is had in parts, with `sums`
    // for shared_parts * shared_part_doubles doubles of partial sums.
    void (*parameter_gradient)(
        const S* x, const S* p, const S* dy, S* dp, int64_t first, int64_t last, const Sharing& sharing);
    void (*shared_part)(const S* x, const S* p, const S* dy, int64_t n, int part, void* sums);
};

struct Learned {
    const char* name;
    Cost cost;
    LearnedKernel<float> f32;
    LearnedKernel<double> f64;

    template <class S>
    const LearnedKernel<S>& of() const;
};

template <>
inline const LearnedKernel<float>& Learned::of<float>() const {
    return f32;
}
template <>
inline const LearnedKernel<double>& Learned::of<double>() const {
    return f64;
}

// A function along the middle one of three axes. first and last count slices: n elements that are `inner` apart.
template <class S>
struct AxisKernel {
    void (*forward)(const S* x, S* y, int64_t first, int64_t last, int64_t n, int64_t inner);
    void (*backward)(
        double scale, const S* y, const S* dy, S* dx, int64_t first, int64_t last, int64_t n, int64_t inner);
};

struct AxisFunction {
    const char* name;
    AxisKernel<float> f32;
    AxisKernel<double> f64;

    template <class S>
    const AxisKernel<S>& of() const;
};

template <>
inline const AxisKernel<float>& AxisFunction::of<float>() const {
    return f32;
}
template <>
inline const AxisKernel<double>& AxisFunction::of<double>() const {
    return f64;
}

// How the logits of an attention are made: x is [.., .., queries, n], and past >= n means that there is no causal
// limit.
struct Masking {
    double scale;
    int64_t heads, queries;
    // Rows of the mask between neighbours along each axis of rows.
    int64_t strides[3];
    int64_t past;
    bool zero_rows;

    int64_t mask_row(int64_t row) const {
        const int64_t query = row % queries, head = row / queries % heads, batch = row / queries / heads;
        return batch * strides[0] + head * strides[1] + query * strides[2];
    }
};

enum class Distribution { constant, uniform, normal, truncated_normal, bounded_normal };

// What numbers are drawn from: a value, a lower and an upper bound, or a mean and a standard deviation; low and high
// bound the last of them.
struct Law {
    Distribution distribution;
    double a, b, low, high;
};

// A piece of a matrix: rows [row, row + rows), columns [column, column + columns).
struct Tile {
    int64_t row, rows, column, columns;
};

template <class S>
struct Kernels {
    // How many parts the gradient of a shared parameter has, which depends on n alone, and their sum.
    int (*shared_parts)(int64_t n);
    S (*shared_finish)(int64_t n, const void* sums);

    void (*rrelu_forward)(const RandomSlope&, const S* x, S* y, int64_t first, int64_t last);
    void (*rrelu_backward)(const RandomSlope&, const S* x, const S* dy, S* dx, int64_t first, int64_t last);

    // first and last count elements of y, which has rows of `row`; those of a and b are `stride` apart.
    void (*gated_forward)(const Elementwise& f, const Parameters&, const S* a, const S* b, S* y, int64_t first,
        int64_t last, int64_t row, int64_t stride);
    void (*gated_backward)(const Elementwise& f, const Parameters&, const S* a, const S* b, const S* dy, S* da, S* db,
        int64_t first, int64_t last, int64_t row, int64_t stride);
    // With f = sigmoid.
    void (*glu_forward)(const S* a, const S* b, S* y, int64_t first, int64_t last, int64_t row, int64_t stride);
    void (*glu_backward)(
        const S* a, const S* b, const S* dy, S* da, S* db, int64_t first, int64_t last, int64_t row, int64_t stride);

    // first and last count elements of x, which has rows of `row`; those of y and dy are twice as long.
    void (*concatenated_relu)(const S* x, S* y, int64_t first, int64_t last, int64_t row);
    void (*concatenated_relu_gradient)(const S* x, const S* dy, S* dx, int64_t first, int64_t last, int64_t row);

    void (*masked_softmax)(const Masking&, const S* mask, const S* x, S* y, int64_t first, int64_t last, int64_t n);
    void (*log_sum_exp)(const S* x, S* y, int64_t first, int64_t last, int64_t n, int64_t inner);
    void (*log_sum_exp_backward)(const S* x, const S* dy, S* dx, int64_t first, int64_t last, int64_t n, int64_t inner);
    void (*cross_entropy)(double smoothing, double scale, const S* x, const int32_t* labels, S* loss, S* dx,
        int64_t first, int64_t last, int64_t n);

    void (*gumbel_logits)(double temperature, const RandomKey&, const S* x, S* y, int64_t first, int64_t last);

    void (*fill)(const Law&, const RandomKey&, S* out, int64_t first, int64_t last);

    void (*dense_forward)(const Elementwise* f, const Parameters&, const S* x, const S* w, const S* b, S* z, S* y,
        int64_t inputs, int64_t units, const Tile&);
    void (*dense_packed)(const Elementwise* f, const Parameters&, const S* x, const S* w, const S* b, S* y,
        int64_t inputs, int64_t units, const Tile&);
    void (*dense_input_gradient)(const S* w, const S* dz, S* dx, int64_t inputs, int64_t units, const Tile&);
    void (*dense_weight_gradient)(
        const S* x, const S* dz, S* dw, int64_t batch, int64_t inputs, int64_t units, const Tile&);
    void (*dense_bias_gradient)(const S* dz, S* db, int64_t batch, int64_t units, int64_t first, int64_t last);
};

// Columns [first, first + count) of a matrix, row after row.
struct ColumnGroup {
    double* at;
    int64_t rows, first, count;
};

// How many columns are worked on side by side, at most.
constexpr int64_t reflector_columns = 32;

// The steps of a QR factorization. scales has an element for each column of the matrix.
struct Reflections {
    void (*factor)(const ColumnGroup&, double* scales);
    void (*forwards)(const ColumnGroup& reflectors, const double* scales, const ColumnGroup&);
    void (*backwards)(const ColumnGroup& reflectors, const double* scales, const ColumnGroup&);
};

// A type of 16 bits. What is narrowed may be streamed to an address that is a multiple of 64.
struct HalfFormat {
    void (*widen)(const uint16_t* from, float* to, int64_t n);
    void (*narrow)(const float* from, uint16_t* to, int64_t n, bool streamed);
    void (*dense_packed)(const Elementwise* f, const Parameters&, const float* x, const uint16_t* w, const float* b,
        float* y, int64_t inputs, int64_t units, const Tile&);
};

struct KernelTable {
    int activations;
    const Elementwise* activation;
    int learned_activations;
    const Learned* learned;
    int axis_functions;
    const AxisFunction* axis_function;
    Reflections reflections;
    HalfFormat bf16;
    HalfFormat f16;
    // Makes visible to other threads what has been narrowed past the caches.
    void (*finish_streaming)();
    Kernels<float> f32;
    Kernels<double> f64;

    template <class S>
    const Kernels<S>& of() const;
};

template <>
inline const Kernels<float>& KernelTable::of<float>() const {
    return f32;
}
template <>
inline const Kernels<double>& KernelTable::of<double>() const {
    return f64;
}

constexpr int most_shared_parts = 64;
constexpr int shared_part_doubles = 32;

#endif
