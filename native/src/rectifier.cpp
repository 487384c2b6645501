// The C header's functions: they find the kernels, cut large calls into pieces and hand those out. No piece's result
// depends on how a call was cut.
#include "rectifier.h"

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <limits>

#include "engine/dispatch.h"
#include "engine/element.h"
#include "engine/objects.h"
#include "engine/parallel.h"
#include "engine/team.h"

namespace {

// Elements per piece, which take some 2 us: large enough to repay handing it to a thread that is awake, small enough to
// share out evenly. Measured break-even for two threads is 128 Ki elements for piecewise linear functions, and 16 Ki
// for those with an exponential; where the other thread has to be woken, 1 Mi and 128 Ki.
int64_t piece_length(Cost cost) { return cost == Cost::piecewise_linear ? 1 << 16 : 1 << 13; }

// Whether a result of n elements is better streamed past the caches; that needs an address that is a multiple of the
// element's size. Measured break-even is 2^20 to 2^23 floats.
template <class S>
bool is_streamed(const S* destination, int64_t n) {
    return n >= (int64_t(1) << 25) / int64_t(sizeof(S)) && reinterpret_cast<uintptr_t>(destination) % sizeof(S) == 0;
}

// Elements of which no call is cut or streamed. To be ready for that costs a call of one element half of its time.
constexpr int64_t brief = 1 << 13;

// Products that repay a thread's wake-up.
constexpr int64_t least_products = 1 << 18;

// body(first, last) for ranges that together are [0, n), cut at multiples of `piece`.
template <class Body>
void split(int64_t n, int64_t piece, int32_t threads, const Body& body) {
    if (n < 2 * piece || threads <= 1) {
        if (n > 0) {
            body(int64_t(0), n);
        }
        return;
    }
    // Not many more pieces than threads: each costs a little.
    const int64_t most = 8 * int64_t(threads);
    const int64_t multiple = (n / piece + most - 1) / most;
    const int64_t length = piece * (multiple < 1 ? 1 : multiple);
    parallel_for((n + length - 1) / length, n >= 16 * piece, threads, [&](int64_t i) {
        const int64_t first = i * length;
        body(first, n - first < length ? n : first + length);
    });
}

template <class S>
__attribute__((noinline)) void long_forward(
    const Elementwise& f, const Parameters& parameters, const S* x, S* y, int64_t n, int32_t threads) {
    const auto kernel = f.of<S>().forward;
    const bool streamed = x != y && is_streamed(y, n);
    split(n, piece_length(f.cost), threads,
        [&](int64_t first, int64_t last) { kernel(parameters, x + first, y + first, last - first, streamed); });
}

template <class S>
void forward(int32_t activation, const Parameters& parameters, const S* x, S* y, int64_t n, int32_t threads) {
    const Elementwise& f = kernel_table().activation[activation];
    if (n <= brief) {
        f.of<S>().forward(parameters, x, y, n, false);
    } else {
        long_forward(f, parameters, x, y, n, threads);
    }
}

template <class S>
__attribute__((noinline)) void long_backward(const Elementwise& f, bool from_output, const Parameters& parameters,
    const S* v, const S* dy, S* dx, int64_t n, int32_t threads) {
    const ElementwiseKernel<S>& k = f.of<S>();
    const auto kernel = from_output ? k.backward_from_output : k.backward;
    const bool streamed = v != dx && dy != dx && is_streamed(dx, n);
    split(n, piece_length(f.cost), threads, [&](int64_t first, int64_t last) {
        kernel(parameters, v + first, dy + first, dx + first, last - first, streamed);
    });
}

template <class S>
void backward(int32_t activation, bool from_output, const Parameters& parameters, const S* v, const S* dy, S* dx,
    int64_t n, int32_t threads) {
    const Elementwise& f = kernel_table().activation[activation];
    if (n <= brief) {
        const ElementwiseKernel<S>& k = f.of<S>();
        (from_output ? k.backward_from_output : k.backward)(parameters, v, dy, dx, n, false);
    } else {
        long_backward(f, from_output, parameters, v, dy, dx, n, threads);
    }
}

// kernel(x, ...) on float for sources of 16 bits, in chunks that stay in the nearest cache: it finds them widened, and
// leaves its result, which is narrowed, in the place of the first.
template <class Kernel, class... Sources>
void for_chunks(const HalfFormat& format, int64_t n, bool streamed, uint16_t* destination, const Kernel& kernel,
    const Sources*... sources) {
    constexpr int64_t chunk = 512;
    constexpr intptr_t line = 64;
    alignas(line) float buffer[sizeof...(sources)][chunk];
    const auto run = [&](int64_t first, int64_t count, bool stream) {
        float* to = buffer[0];
        (..., (format.widen(sources + first, to, count), to += chunk));
        kernel(buffer, count);
        format.narrow(buffer[0], destination + first, count, stream);
    };
    int64_t first = 0;
    if (streamed) {
        first = std::min(n, int64_t(-reinterpret_cast<intptr_t>(destination) & (line - 1)) / int64_t(sizeof(uint16_t)));
        run(0, first, false);
    }
    for (; first < n; first += chunk) {
        run(first, std::min(chunk, n - first), streamed);
    }
    if (streamed) {
        kernel_table().finish_streaming();
    }
}

void forward(const HalfFormat& format, int32_t activation, Parameters parameters, const uint16_t* x, uint16_t* y,
    int64_t n, int32_t threads) {
    const Elementwise& f = kernel_table().activation[activation];
    const auto kernel = f.f32.forward;
    const bool streamed = x != y && is_streamed(y, n);
    split(n, piece_length(f.cost), threads, [&](int64_t first, int64_t last) {
        for_chunks(
            format, last - first, streamed, y + first,
            [&](auto& buffer, int64_t count) { kernel(parameters, buffer[0], buffer[0], count, false); }, x + first);
    });
}

void backward(const HalfFormat& format, int32_t activation, bool from_output, Parameters parameters, const uint16_t* v,
    const uint16_t* dy, uint16_t* dx, int64_t n, int32_t threads) {
    const Elementwise& f = kernel_table().activation[activation];
    const auto kernel = from_output ? f.f32.backward_from_output : f.f32.backward;
    const bool streamed = v != dx && dy != dx && is_streamed(dx, n);
    split(n, piece_length(f.cost), threads, [&](int64_t first, int64_t last) {
        for_chunks(
            format, last - first, streamed, dx + first,
            [&](auto& buffer, int64_t count) { kernel(parameters, buffer[0], buffer[1], buffer[0], count, false); },
            v + first, dy + first);
    });
}

int64_t product(const Sharing& sharing, int first, int step) {
    int64_t product = 1;
    for (int axis = first; axis < Sharing::axes; axis += step) {
        product *= sharing.size[axis];
    }
    return product;
}

// The same without axes of size 1, so that the neighbours of such an axis are one and runs are as long as can be.
Sharing folded(const Sharing& given) {
    Sharing result = {{1, 1, 1, 1, 1, 1, 1}};
    int at = Sharing::axes;
    for (int axis = Sharing::axes - 1; axis >= 0; --axis) {
        if (given.size[axis] == 1) {
            continue;
        }
        while (at == Sharing::axes || at % 2 != axis % 2) {
            --at;
        }
        result.size[at] *= given.size[axis];
    }
    return result;
}

template <class S>
void learned_forward(int32_t activation, const S* x, const S* p, S* y, const Sharing& given, int32_t threads) {
    const Learned& f = kernel_table().learned[activation];
    const Sharing sharing = folded(given);
    const int64_t parameters = product(sharing, 1, 2);
    split(product(sharing, 0, 1), piece_length(f.cost), threads,
        [&](int64_t first, int64_t last) { f.of<S>().forward(x, p, y, first, last, sharing, parameters); });
}

template <class S>
void learned_backward(
    int32_t activation, const S* x, const S* p, const S* dy, S* dx, S* dp, const Sharing& given, int32_t threads) {
    const Learned& f = kernel_table().learned[activation];
    const LearnedKernel<S>& k = f.of<S>();
    const Sharing sharing = folded(given);
    const int64_t n = product(sharing, 0, 1), parameters = product(sharing, 1, 2);
    const int64_t piece = piece_length(f.cost);
    // Before dx, which may take the place of x or dy.
    if (parameters == 1) {
        const Kernels<S>& sums_of = kernel_table().of<S>();
        double sums[most_shared_parts * shared_part_doubles];
        parallel_for(sums_of.shared_parts(n), n < 2 * piece ? 1 : threads,
            [&](int64_t part) { k.shared_part(x, p, dy, n, int(part), sums); });
        set_element(dp, sums_of.shared_finish(n, sums));
    } else {
        constexpr int64_t group = 64;
        parallel_for((parameters + group - 1) / group, n < 2 * piece ? 1 : threads, [&](int64_t i) {
            const int64_t last = parameters - i * group < group ? parameters : (i + 1) * group;
            k.parameter_gradient(x, p, dy, dp, i * group, last, sharing);
        });
    }
    split(n, piece, threads,
        [&](int64_t first, int64_t last) { k.backward(x, p, dy, dx, first, last, sharing, parameters); });
}

template <class S>
void rrelu_forward(const RandomSlope& slope, const S* x, S* y, int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    split(n, piece_length(Cost::exponential), threads,
        [&](int64_t first, int64_t last) { k.rrelu_forward(slope, x, y, first, last); });
}

template <class S>
void rrelu_backward(const RandomSlope& slope, const S* x, const S* dy, S* dx, int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    split(n, piece_length(Cost::exponential), threads,
        [&](int64_t first, int64_t last) { k.rrelu_backward(slope, x, dy, dx, first, last); });
}

// Slices per piece, so that a piece has about as many elements as one of an elementwise call.
int64_t slices_per_piece(int64_t axis) {
    const int64_t slices = piece_length(Cost::exponential) / (axis < 1 ? 1 : axis);
    return slices < 1 ? 1 : slices;
}

template <class S>
void axis_forward(int32_t function, const S* x, S* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {
    const AxisKernel<S>& f = kernel_table().axis_function[function].of<S>();
    if (axis > 0) {
        split(outer * inner, slices_per_piece(axis), threads,
            [&](int64_t first, int64_t last) { f.forward(x, y, first, last, axis, inner); });
    }
}

template <class S>
void axis_backward(int32_t function, double scale, const S* y, const S* dy, S* dx, int64_t outer, int64_t axis,
    int64_t inner, int32_t threads) {
    const AxisKernel<S>& f = kernel_table().axis_function[function].of<S>();
    if (axis > 0) {
        split(outer * inner, slices_per_piece(axis), threads,
            [&](int64_t first, int64_t last) { f.backward(scale, y, dy, dx, first, last, axis, inner); });
    }
}

bool is_sigmoid(const Elementwise& f) { return std::strcmp(f.name, "sigmoid") == 0; }

template <class S>
void gated_forward(int32_t gate, Parameters parameters, const S* a, const S* b, S* y, int64_t rows, int64_t row,
    int64_t stride, int32_t threads) {
    const Elementwise& f = kernel_table().activation[gate];
    const Kernels<S>& k = kernel_table().of<S>();
    split(rows * row, piece_length(Cost::exponential), threads, [&](int64_t first, int64_t last) {
        if (is_sigmoid(f)) {
            k.glu_forward(a, b, y, first, last, row, stride);
        } else {
            k.gated_forward(f, parameters, a, b, y, first, last, row, stride);
        }
    });
}

template <class S>
void concatenated_relu(const S* x, S* y, int64_t rows, int64_t row, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    split(rows * row, piece_length(Cost::piecewise_linear), threads,
        [&](int64_t first, int64_t last) { k.concatenated_relu(x, y, first, last, row); });
}

template <class S>
void concatenated_relu_backward(const S* x, const S* dy, S* dx, int64_t rows, int64_t row, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    split(rows * row, piece_length(Cost::piecewise_linear), threads,
        [&](int64_t first, int64_t last) { k.concatenated_relu_gradient(x, dy, dx, first, last, row); });
}

template <class S>
void gated_backward(int32_t gate, Parameters parameters, const S* a, const S* b, const S* dy, S* da, S* db,
    int64_t rows, int64_t row, int64_t stride, int32_t threads) {
    const Elementwise& f = kernel_table().activation[gate];
    const Kernels<S>& k = kernel_table().of<S>();
    split(rows * row, piece_length(Cost::exponential), threads, [&](int64_t first, int64_t last) {
        if (is_sigmoid(f)) {
            k.glu_backward(a, b, dy, da, db, first, last, row, stride);
        } else {
            k.gated_backward(f, parameters, a, b, dy, da, db, first, last, row, stride);
        }
    });
}

template <class S>
void masked_softmax(const Masking& masking, const S* mask, const S* x, S* y, int64_t rows, int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    if (n > 0) {
        split(rows, slices_per_piece(n), threads,
            [&](int64_t first, int64_t last) { k.masked_softmax(masking, mask, x, y, first, last, n); });
    }
}

template <class S>
void log_sum_exp(const S* x, S* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    if (axis == 0) {
        set_elements(y, outer * inner, -std::numeric_limits<S>::infinity());
        return;
    }
    split(outer * inner, slices_per_piece(axis), threads,
        [&](int64_t first, int64_t last) { k.log_sum_exp(x, y, first, last, axis, inner); });
}

template <class S>
void log_sum_exp_backward(const S* x, const S* dy, S* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    if (axis > 0) {
        split(outer * inner, slices_per_piece(axis), threads,
            [&](int64_t first, int64_t last) { k.log_sum_exp_backward(x, dy, dx, first, last, axis, inner); });
    }
}

template <class S>
void cross_entropy(double smoothing, double scale, const S* x, const int32_t* labels, S* loss, S* dx, int64_t rows,
    int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    if (n == 0) {
        set_elements(loss, rows, S(0));
        return;
    }
    split(rows, slices_per_piece(n), threads,
        [&](int64_t first, int64_t last) { k.cross_entropy(smoothing, scale, x, labels, loss, dx, first, last, n); });
}

template <class S>
void gumbel_logits(double temperature, const RandomKey& key, const S* x, S* y, int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    split(n, piece_length(Cost::exponential), threads,
        [&](int64_t first, int64_t last) { k.gumbel_logits(temperature, key, x, y, first, last); });
}

template <class S>
void fill(const Law& law, const RandomKey& key, S* out, int64_t n, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    const Cost cost = law.distribution == Distribution::constant ? Cost::piecewise_linear : Cost::exponential;
    split(n, piece_length(cost), threads, [&](int64_t first, int64_t last) { k.fill(law, key, out, first, last); });
}

// Makes columns of draws ~ N(0, 1) orthonormal, as the Q of a QR factorization, and writes them or their transpose.
// The matrix is kept in groups of columns, each row after row, that fit a cache and that threads share. The reflections
// of a group are applied to the groups after it, on the way back with Q in the place of R.
template <class S>
int32_t orthogonal(
    double gain, int64_t rows, int64_t columns, const RandomKey& key, S* out, int64_t n, int32_t threads) {
    if (n == 0) {
        return RECTIFIER_OK;
    }
    const bool wide = rows < columns;
    const int64_t length = wide ? columns : rows, count = wide ? rows : columns;
    const int64_t group = std::min(count, reflector_columns), groups = (count + group - 1) / group;
    const int64_t doubles = length * count + length * group + count;
    const Objects<double> memory{size_t(doubles)};
    if (!memory.are_there()) {
        return RECTIFIER_OUT_OF_MEMORY;
    }
    double* const matrix = memory.begin();
    double* const spare = matrix + length * count;
    double* const scales = spare + length * group;
    const auto columns_of = [&](int64_t i) {
        const int64_t first = i * group;
        return ColumnGroup{matrix + length * first, length, first, std::min(group, count - first)};
    };
    const KernelTable& table = kernel_table();
    const Reflections& steps = table.reflections;
    const int64_t piece = piece_length(Cost::exponential);

    split(length, (piece + count - 1) / count, threads, [&](int64_t first, int64_t last) {
        for (int64_t i = 0; i < groups; ++i) {
            const ColumnGroup c = columns_of(i);
            const int64_t step = groups == 1 ? last - first : 1;
            for (int64_t row = first; row < last; row += step) {
                table.f64.fill({Distribution::normal, 0, 1, 0, 0}, {key.seed, key.stream, row * count + c.first},
                    c.at + row * c.count, 0, step * c.count);
            }
        }
    });

    const auto for_groups_from = [&](int64_t from, const auto& body) {
        parallel_for(groups - from, 2 * length * group * group < least_products ? 1 : threads,
            [&](int64_t i) { body(columns_of(from + i)); });
    };
    for (int64_t i = 0; i < groups; ++i) {
        const ColumnGroup reflectors = columns_of(i);
        steps.factor(reflectors, scales);
        for_groups_from(i + 1, [&](const ColumnGroup& c) { steps.forwards(reflectors, scales, c); });
    }
    for (int64_t i = groups - 1; i >= 0; --i) {
        const ColumnGroup c = columns_of(i), reflectors = {spare, length, c.first, c.count};
        std::copy_n(c.at, length * c.count, spare);
        std::fill_n(c.at, length * c.count, 0.0);
        for (int64_t j = 0; j < c.count; ++j) {
            const int64_t diagonal = (c.first + j) * c.count + j;
            c.at[diagonal] = spare[diagonal] < 0 ? -1 : 1;
        }
        for_groups_from(i, [&](const ColumnGroup& q) { steps.backwards(reflectors, scales, q); });
    }

    split(n, piece, threads, [&](int64_t first, int64_t last) {
        for (int64_t i = first; i < last; ++i) {
            const int64_t row = (key.first + i) / columns, column = (key.first + i) % columns;
            const int64_t q_row = wide ? column : row, q_column = wide ? row : column;
            const ColumnGroup c = columns_of(q_column / group);
            set_element(out + i, S(gain * c.at[q_row * c.count + q_column - c.first]));
        }
    });
    return RECTIFIER_OK;
}

// body(tile) for tiles that together are a rows x columns matrix, cut at multiples of least_columns.
template <class Body>
void for_tiles(int64_t rows, int64_t columns, int64_t depth, int32_t threads, int64_t least_columns, const Body& body) {
    // Enough columns to repay reading a tile's rows, and the other way round; few enough for a cache.
    constexpr int64_t tile_rows = 64, tile_columns = 256;
    // Whole blocks of sums.
    constexpr int64_t least_rows = 8;
    const auto parts = [](int64_t n, int64_t part) { return (n + part - 1) / part; };
    if (double(rows) * double(columns) * double(depth) < least_products) {
        threads = 1;
    }
    const int64_t down = parts(rows, tile_rows), most = parts(columns, least_columns);
    int64_t across = parts(columns, tile_columns);
    if (threads > 1 && down * across < 4 * int64_t(threads)) {
        across = std::min(parts(across, threads) * threads, most);
    }
    const auto cut = [](int64_t n, int64_t unit, int64_t i, int64_t count) {
        return std::min(n, (n + unit - 1) / unit * i / count * unit);
    };
    parallel_for(down * across, threads, [&](int64_t i) {
        const int64_t row = cut(rows, least_rows, i / across, down);
        const int64_t column = cut(columns, least_columns, i % across, across);
        body(Tile{row, cut(rows, least_rows, i / across + 1, down) - row, column,
            cut(columns, least_columns, i % across + 1, across) - column});
    });
}

// Columns of 64 bytes or more.
constexpr int64_t whole_lines = 16;

template <class S>
void dense_forward(int32_t activation, Parameters parameters, const S* x, const S* w, const S* b, S* z, S* y,
    int64_t batch, int64_t inputs, int64_t units, int32_t threads) {
    const KernelTable& table = kernel_table();
    const Elementwise* f = activation < 0 ? nullptr : &table.activation[activation];
    for_tiles(batch, units, inputs, threads, whole_lines,
        [&](const Tile& tile) { table.of<S>().dense_forward(f, parameters, x, w, b, z, y, inputs, units, tile); });
}

// kernels.dense_packed is the kernel for this type of weights.
template <class Kernels, class S, class W>
void dense_packed(const Kernels& kernels, int32_t activation, Parameters parameters, const S* x, const W* w, const S* b,
    S* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads) {
    // The panels of the header.
    constexpr int64_t panel = 48;
    const Elementwise* f = activation < 0 ? nullptr : &kernel_table().activation[activation];
    for_tiles(batch, units, inputs, threads, panel,
        [&](const Tile& tile) { kernels.dense_packed(f, parameters, x, w, b, y, inputs, units, tile); });
}

template <class S>
void dense_backward(const S* x, const S* w, const S* dz, S* dx, S* dw, S* db, int64_t batch, int64_t inputs,
    int64_t units, int32_t threads) {
    const Kernels<S>& k = kernel_table().of<S>();
    for_tiles(inputs, units, batch, threads, whole_lines,
        [&](const Tile& tile) { k.dense_weight_gradient(x, dz, dw, batch, inputs, units, tile); });
    if (dx != nullptr) {
        for_tiles(batch, inputs, units, threads, whole_lines,
            [&](const Tile& tile) { k.dense_input_gradient(w, dz, dx, inputs, units, tile); });
    }
    k.dense_bias_gradient(dz, db, batch, units, 0, units);
}

}  // namespace

extern "C" {

const char* rectifier_version(void) { return RECTIFIER_VERSION; }
const char* rectifier_instruction_set(void) { return instruction_set(); }
int32_t rectifier_instruction_set_status(void) {
    return instruction_set_is_as_asked() ? RECTIFIER_OK : RECTIFIER_UNSUPPORTED;
}
const char* rectifier_instruction_sets(void) { return instruction_sets(); }
int32_t rectifier_use_instruction_set(const char* name) {
    return use_instruction_set(name) ? RECTIFIER_OK : RECTIFIER_UNSUPPORTED;
}
void rectifier_set_parallel_library(const char* path) { set_parallel_library(path); }
void rectifier_end_threads(void) { end_team(); }
const char* rectifier_parallel_status(void) { return parallel_status(); }

int32_t rectifier_activation_count(void) { return kernel_table().activations; }
const char* rectifier_activation_name(int32_t index) { return kernel_table().activation[index].name; }
int32_t rectifier_activation_parameters(int32_t index) { return kernel_table().activation[index].parameters; }
int32_t rectifier_activation_from_output(int32_t index) {
    return kernel_table().activation[index].f32.backward_from_output != nullptr;
}
int32_t rectifier_learned_count(void) { return kernel_table().learned_activations; }
const char* rectifier_learned_name(int32_t index) { return kernel_table().learned[index].name; }
int32_t rectifier_axis_count(void) { return kernel_table().axis_functions; }
const char* rectifier_axis_name(int32_t index) { return kernel_table().axis_function[index].name; }

// The two types differ in nothing but the type: the header spells both out, this list writes both once.
#define RECTIFIER_FOR_TYPE(suffix, S)                                                                                  \
    void rectifier_activation_forward_##suffix(                                                                        \
        int32_t activation, double p0, double p1, double p2, const S* x, S* y, int64_t n, int32_t threads) {           \
        forward(activation, {{p0, p1, p2}}, x, y, n, threads);                                                         \
    }                                                                                                                  \
    void rectifier_activation_backward_##suffix(int32_t activation, int32_t from_output, double p0, double p1,         \
        double p2, const S* v, const S* dy, S* dx, int64_t n, int32_t threads) {                                       \
        backward(activation, from_output != 0, {{p0, p1, p2}}, v, dy, dx, n, threads);                                 \
    }                                                                                                                  \
    void rectifier_learned_forward_##suffix(int32_t activation, const S* x, const S* p, S* y, int64_t s0, int64_t v1,  \
        int64_t s2, int64_t v3, int64_t s4, int64_t v5, int64_t s6, int32_t threads) {                                 \
        learned_forward(activation, x, p, y, {{s0, v1, s2, v3, s4, v5, s6}}, threads);                                 \
    }                                                                                                                  \
    void rectifier_learned_backward_##suffix(int32_t activation, const S* x, const S* p, const S* dy, S* dx, S* dp,    \
        int64_t s0, int64_t v1, int64_t s2, int64_t v3, int64_t s4, int64_t v5, int64_t s6, int32_t threads) {         \
        learned_backward(activation, x, p, dy, dx, dp, {{s0, v1, s2, v3, s4, v5, s6}}, threads);                       \
    }                                                                                                                  \
    void rectifier_rrelu_forward_##suffix(int32_t reciprocal, double lower, double upper, int64_t seed,                \
        int64_t stream, int64_t first, const S* x, S* y, int64_t n, int32_t threads) {                                 \
        rrelu_forward(RandomSlope{reciprocal != 0, lower, upper, {seed, stream, first}}, x, y, n, threads);            \
    }                                                                                                                  \
    void rectifier_rrelu_backward_##suffix(int32_t reciprocal, double lower, double upper, int64_t seed,               \
        int64_t stream, int64_t first, const S* x, const S* dy, S* dx, int64_t n, int32_t threads) {                   \
        rrelu_backward(RandomSlope{reciprocal != 0, lower, upper, {seed, stream, first}}, x, dy, dx, n, threads);      \
    }                                                                                                                  \
    void rectifier_axis_forward_##suffix(                                                                              \
        int32_t function, const S* x, S* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {             \
        axis_forward(function, x, y, outer, axis, inner, threads);                                                     \
    }                                                                                                                  \
    void rectifier_axis_backward_##suffix(int32_t function, double scale, const S* y, const S* dy, S* dx,              \
        int64_t outer, int64_t axis, int64_t inner, int32_t threads) {                                                 \
        axis_backward(function, scale, y, dy, dx, outer, axis, inner, threads);                                        \
    }                                                                                                                  \
    void rectifier_gated_forward_##suffix(int32_t gate, double p0, double p1, double p2, const S* a, const S* b, S* y, \
        int64_t rows, int64_t row, int64_t stride, int32_t threads) {                                                  \
        gated_forward(gate, {{p0, p1, p2}}, a, b, y, rows, row, stride, threads);                                      \
    }                                                                                                                  \
    void rectifier_gated_backward_##suffix(int32_t gate, double p0, double p1, double p2, const S* a, const S* b,      \
        const S* dy, S* da, S* db, int64_t rows, int64_t row, int64_t stride, int32_t threads) {                       \
        gated_backward(gate, {{p0, p1, p2}}, a, b, dy, da, db, rows, row, stride, threads);                            \
    }                                                                                                                  \
    void rectifier_crelu_##suffix(const S* x, S* y, int64_t rows, int64_t row, int32_t threads) {                      \
        concatenated_relu(x, y, rows, row, threads);                                                                   \
    }                                                                                                                  \
    void rectifier_crelu_backward_##suffix(                                                                            \
        const S* x, const S* dy, S* dx, int64_t rows, int64_t row, int32_t threads) {                                  \
        concatenated_relu_backward(x, dy, dx, rows, row, threads);                                                     \
    }                                                                                                                  \
    void rectifier_masked_softmax_##suffix(double scale, const S* x, const S* mask, S* y, int64_t batch,               \
        int64_t heads, int64_t queries, int64_t n, int64_t batch_stride, int64_t head_stride, int64_t query_stride,    \
        int64_t past, int32_t zero_rows, int32_t threads) {                                                            \
        const Masking masking = {                                                                                      \
            scale, heads, queries, {batch_stride, head_stride, query_stride}, past, zero_rows != 0};                   \
        masked_softmax(masking, mask, x, y, batch* heads* queries, n, threads);                                        \
    }                                                                                                                  \
    void rectifier_log_sum_exp_##suffix(                                                                               \
        const S* x, S* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {                               \
        log_sum_exp(x, y, outer, axis, inner, threads);                                                                \
    }                                                                                                                  \
    void rectifier_log_sum_exp_backward_##suffix(                                                                      \
        const S* x, const S* dy, S* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads) {                 \
        log_sum_exp_backward(x, dy, dx, outer, axis, inner, threads);                                                  \
    }                                                                                                                  \
    void rectifier_cross_entropy_##suffix(double smoothing, double scale, const S* x, const int32_t* labels, S* loss,  \
        S* dx, int64_t rows, int64_t n, int32_t threads) {                                                             \
        cross_entropy(smoothing, scale, x, labels, loss, dx, rows, n, threads);                                        \
    }                                                                                                                  \
    void rectifier_gumbel_logits_##suffix(double temperature, int64_t seed, int64_t stream, int64_t first, const S* x, \
        S* y, int64_t n, int32_t threads) {                                                                            \
        gumbel_logits(temperature, {seed, stream, first}, x, y, n, threads);                                           \
    }                                                                                                                  \
    void rectifier_fill_constant_##suffix(double value, S* out, int64_t n, int32_t threads) {                          \
        fill(Law{Distribution::constant, value, 0, 0, 0}, {0, 0, 0}, out, n, threads);                                 \
    }                                                                                                                  \
    void rectifier_fill_uniform_##suffix(                                                                              \
        double low, double high, int64_t seed, int64_t stream, int64_t first, S* out, int64_t n, int32_t threads) {    \
        fill(Law{Distribution::uniform, low, high, 0, 0}, {seed, stream, first}, out, n, threads);                     \
    }                                                                                                                  \
    void rectifier_fill_normal_##suffix(                                                                               \
        double mean, double stddev, int64_t seed, int64_t stream, int64_t first, S* out, int64_t n, int32_t threads) { \
        fill(Law{Distribution::normal, mean, stddev, 0, 0}, {seed, stream, first}, out, n, threads);                   \
    }                                                                                                                  \
    void rectifier_fill_truncated_normal_##suffix(                                                                     \
        double mean, double stddev, int64_t seed, int64_t stream, int64_t first, S* out, int64_t n, int32_t threads) { \
        fill(Law{Distribution::truncated_normal, mean, stddev, 0, 0}, {seed, stream, first}, out, n, threads);         \
    }                                                                                                                  \
    void rectifier_fill_bounded_normal_##suffix(double mean, double stddev, double low, double high, int64_t seed,     \
        int64_t stream, int64_t first, S* out, int64_t n, int32_t threads) {                                           \
        fill(Law{Distribution::bounded_normal, mean, stddev, low, high}, {seed, stream, first}, out, n, threads);      \
    }                                                                                                                  \
    int32_t rectifier_orthogonal_##suffix(double gain, int64_t rows, int64_t columns, int64_t seed, int64_t stream,    \
        int64_t first, S* out, int64_t n, int32_t threads) {                                                           \
        return orthogonal(gain, rows, columns, {seed, stream, first}, out, n, threads);                                \
    }                                                                                                                  \
    void rectifier_dense_forward_##suffix(int32_t activation, double p0, double p1, double p2, const S* x, const S* w, \
        const S* b, S* z, S* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads) {                       \
        dense_forward(activation, {{p0, p1, p2}}, x, w, b, z, y, batch, inputs, units, threads);                       \
    }                                                                                                                  \
    void rectifier_dense_packed_##suffix(int32_t activation, double p0, double p1, double p2, const S* x, const S* w,  \
        const S* b, S* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads) {                             \
        dense_packed(kernel_table().of<S>(), activation, {{p0, p1, p2}}, x, w, b, y, batch, inputs, units, threads);   \
    }                                                                                                                  \
    void rectifier_dense_backward_##suffix(const S* x, const S* w, const S* dz, S* dx, S* dw, S* db, int64_t batch,    \
        int64_t inputs, int64_t units, int32_t threads) {                                                              \
        dense_backward(x, w, dz, dx, dw, db, batch, inputs, units, threads);                                           \
    }

RECTIFIER_FOR_TYPE(f32, float)
RECTIFIER_FOR_TYPE(f64, double)

#undef RECTIFIER_FOR_TYPE

#define RECTIFIER_FOR_HALF(format)                                                                                     \
    void rectifier_activation_forward_##format(int32_t activation, double p0, double p1, double p2, const uint16_t* x, \
        uint16_t* y, int64_t n, int32_t threads) {                                                                     \
        forward(kernel_table().format, activation, {{p0, p1, p2}}, x, y, n, threads);                                  \
    }                                                                                                                  \
    void rectifier_activation_backward_##format(int32_t activation, int32_t from_output, double p0, double p1,         \
        double p2, const uint16_t* v, const uint16_t* dy, uint16_t* dx, int64_t n, int32_t threads) {                  \
        backward(kernel_table().format, activation, from_output != 0, {{p0, p1, p2}}, v, dy, dx, n, threads);          \
    }                                                                                                                  \
    void rectifier_dense_packed_half_##format(int32_t activation, double p0, double p1, double p2, const float* x,     \
        const uint16_t* w, const float* b, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads) {  \
        dense_packed(kernel_table().format, activation, {{p0, p1, p2}}, x, w, b, y, batch, inputs, units, threads);    \
    }

RECTIFIER_FOR_HALF(bf16)
RECTIFIER_FOR_HALF(f16)

#undef RECTIFIER_FOR_HALF

}  // extern "C"
