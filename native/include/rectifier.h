/*
 * Rectifier: activation functions and weight initializers as native kernels.
 *
 * This header is the only door into the library. Java reaches it through the binding that JavaCPP generates from it.
 *
 * Conventions that hold for every function below
 *
 *   Types       f32 is IEEE-754 binary32 (C float), f64 is binary64 (C double). Parameters are passed as double and
 *               rounded once to the type of the kernel.
 *   16 bits     bf16 (bfloat16, the upper half of a binary32) and f16 (IEEE-754 binary16) are for storage, as the bits
 *               in uint16_t. Each result is that of the f32 function for the widened sources, rounded to the nearest,
 *               ties to even: too large a one becomes infinite, denormals are kept, and a NaN stays one, quiet, with
 *               its sign and the upper bits of its payload.
 *   Arrays      A pointer to the first element. No alignment is required beyond that of a byte. An array of length 0
 *               may be NULL; another only where it is said.
 *   Lengths     Elements, not bytes, as int64_t; 0 is allowed and does nothing.
 *   Aliasing    A destination may be the very same array as a source ("in place"). Two arrays that overlap in any
 *               other way give an undefined result.
 *   Checks      None. Lengths, overlaps and parameters are the caller's duty; the Java library checks them all.
 *   Threads     `threads` is the most threads that the call may use, counting the caller; 0 and 1 mean serial. Calls
 *               are thread-safe as long as their arrays are. A serial call never touches the OpenMP runtime.
 *   Invariance  Element i of a result depends on element i of the sources and on the parameters alone: not on n, the
 *               alignment, the number of threads, or in-place use. All instruction sets that have a fused multiply-add
 *               give the same bits.
 *   Errors      Functions that return int32_t return RECTIFIER_OK or one of the codes below. Others can't fail.
 *   State       No function changes the floating-point environment, installs a signal handler or starts a thread,
 *               except that parallel calls keep one team of OpenMP's threads, which sleeps between calls. Its threads
 *               are in this library's code: a host that unloads it calls rectifier_end_threads() before.
 *   NaN         A NaN x gives a NaN result element, forward and backward; so does a NaN dy, except for a unit whose
 *               derivative is 0.
 */
#ifndef RECTIFIER_H
#define RECTIFIER_H

#include <stdint.h>

#if defined(RECTIFIER_EXPORTS) && defined(_WIN32)
#define RECTIFIER_API __declspec(dllexport)
#elif defined(RECTIFIER_EXPORTS) || !defined(RECTIFIER_STATIC)
#define RECTIFIER_API __attribute__((visibility("default")))
#else
#define RECTIFIER_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

enum {
    RECTIFIER_OK = 0,
    /* Working memory could not be had; destinations may be written in part. */
    RECTIFIER_OUT_OF_MEMORY = 1,
    /* The name is not known, or this machine can't do it. */
    RECTIFIER_UNSUPPORTED = 2
};

/* ---- The library itself ---------------------------------------------------------------------------------------- */

/* The version of the library, as in the Maven coordinates. Static storage. */
RECTIFIER_API const char* rectifier_version(void);

/*
 * The instruction set in use: "baseline" (SSE2 on x86-64, NEON on arm64), "avx2" (AVX2, FMA, F16C) or
 * "avx512" (AVX-512 F, DQ, BW, VL). Chosen once, at the first call that needs it: the one that the environment variable
 * RECTIFIER_ISA names in upper or lower case, or else the best that this machine can run. Static storage.
 */
RECTIFIER_API const char* rectifier_instruction_set(void);

/*
 * RECTIFIER_UNSUPPORTED if the environment variable RECTIFIER_ISA has named, when the instruction set was chosen, none
 * that this machine can run. The best of them is in use then, since kernels have no way to fail: a program that wants
 * to be sure asks before its first call, as the Java library does, which refuses to compute. Otherwise RECTIFIER_OK,
 * also if the variable is empty, which is as good as not set.
 */
RECTIFIER_API int32_t rectifier_instruction_set_status(void);

/* All instruction sets that this machine can run, worst first, separated by commas. Static storage. */
RECTIFIER_API const char* rectifier_instruction_sets(void);

/*
 * Switches the instruction set of the whole process; for tests and comparisons. Returns RECTIFIER_UNSUPPORTED, and
 * changes nothing, if this machine can't run it. Not to be called while a kernel runs.
 */
RECTIFIER_API int32_t rectifier_use_instruction_set(const char* name);

/*
 * Says where the parallel part of the library (librectifier_omp) is: a path, or NULL for none. It is opened by the
 * first call that really goes parallel. If it can't be opened, calls are serial. Without this call the name of the file
 * is left to the system's search.
 */
RECTIFIER_API void rectifier_set_parallel_library(const char* path);

/*
 * How the parallel part is doing: "unused" (no call needed it yet), "loaded", or the reason why it could not be opened
 * or why threads could not be had. Static storage; valid until the next call of this function.
 */
RECTIFIER_API const char* rectifier_parallel_status(void);

/*
 * Ends the team of parallel calls, after the call that it works for, and returns when none of its threads is in this
 * library's code any more. The next parallel call makes a new one.
 */
RECTIFIER_API void rectifier_end_threads(void);

/* ---- Elementwise activations ----------------------------------------------------------------------------------- */

/*
 * Elementwise activations are known by an index, 0 <= index < rectifier_activation_count(). The indices may change from
 * version to version; the names don't. The formula, parameters and source of each stand beside its functor in
 * native/src/activations/.
 */
RECTIFIER_API int32_t rectifier_activation_count(void);

/* The name of activation `index`, as in the Java registry ("leakyRelu"). Static storage. */
RECTIFIER_API const char* rectifier_activation_name(int32_t index);

/* How many of p0, p1, p2 activation `index` reads. */
RECTIFIER_API int32_t rectifier_activation_parameters(int32_t index);

/* 1 if the derivative of activation `index` can be had from its output, else 0. */
RECTIFIER_API int32_t rectifier_activation_from_output(int32_t index);

/* y[i] = f(x[i]), within 2 ULP. In place: y may be x. */
RECTIFIER_API void rectifier_activation_forward_f32(
    int32_t activation, double p0, double p1, double p2, const float* x, float* y, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_forward_f64(
    int32_t activation, double p0, double p1, double p2, const double* x, double* y, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_forward_bf16(
    int32_t activation, double p0, double p1, double p2, const uint16_t* x, uint16_t* y, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_forward_f16(
    int32_t activation, double p0, double p1, double p2, const uint16_t* x, uint16_t* y, int64_t n, int32_t threads);

/*
 * dx[i] = f'(x[i]) * dy[i]. With from_output = 0, v is the source x of the forward call. With from_output = 1, v is its
 * result y, so that the forward call may have overwritten x; only for an activation with
 * rectifier_activation_from_output(), with parameters for which y determines f'(x), and as accurate as y tells: where f
 * is flat, many x share one y. The derivative is within 2 ULP of max(|f'|, 2^-20) in f32 and of max(|f'|, 2^-49) in f64
 * before it is multiplied. A unit whose derivative is 0 gives exactly +0.0 whatever dy is, unless v[i] is NaN. In
 * place: dx may be dy or v.
 */
RECTIFIER_API void rectifier_activation_backward_f32(int32_t activation, int32_t from_output, double p0, double p1,
    double p2, const float* v, const float* dy, float* dx, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_backward_f64(int32_t activation, int32_t from_output, double p0, double p1,
    double p2, const double* v, const double* dy, double* dx, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_backward_bf16(int32_t activation, int32_t from_output, double p0, double p1,
    double p2, const uint16_t* v, const uint16_t* dy, uint16_t* dx, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_activation_backward_f16(int32_t activation, int32_t from_output, double p0, double p1,
    double p2, const uint16_t* v, const uint16_t* dy, uint16_t* dx, int64_t n, int32_t threads);

/* ---- Activations with a learned parameter ----------------------------------------------------------------------- */

/*
 * They are known by an index of their own, 0 <= index < rectifier_learned_count(), and by a name:
 *
 *   prelu           x > 0 ? x : p * x (He et al. 2015, arXiv 1502.01852, equation 1)
 *   learnedSwish    x * sigmoid(p * x) (Ramachandran et al. 2017, arXiv 1710.05941)
 *   snake           x + sin(p * x)^2 / p, x for p = 0 (Ziyin et al. 2020, arXiv 2006.08195)
 */
RECTIFIER_API int32_t rectifier_learned_count(void);
RECTIFIER_API const char* rectifier_learned_name(int32_t index);

/*
 * y = f(x, p) for x of shape [s0, v1, s2, v3, s4, v5, s6] in row-major order and p of shape [v1, v3, v5]: an element's
 * place along the axes s has no influence on which parameter it has. The shape of any x becomes this one when
 * neighbouring axes of one kind are merged and others of size 1 put between, if the parameters vary over three groups
 * of axes or fewer. Where they stand makes no difference: [1, 1, 1, 1, n, c, m] and [n, c, m, 1, 1, 1, 1] have c
 * channels. With [1, 1, 1, 1, 1, 1, n] all n elements share a parameter. In place: y may be x.
 */
RECTIFIER_API void rectifier_learned_forward_f32(int32_t activation, const float* x, const float* p, float* y,
    int64_t s0, int64_t v1, int64_t s2, int64_t v3, int64_t s4, int64_t v5, int64_t s6, int32_t threads);
RECTIFIER_API void rectifier_learned_forward_f64(int32_t activation, const double* x, const double* p, double* y,
    int64_t s0, int64_t v1, int64_t s2, int64_t v3, int64_t s4, int64_t v5, int64_t s6, int32_t threads);

/*
 * dx = df/dx * dy, and dp = the sum of df/dp * dy over the axes s, which overwrites dp. A term whose df/dp is 0
 * is 0 whatever dy is. The sum has a fixed order: it doesn't depend on `threads`. In place: dx may be dy or x; dp must
 * not overlap any other array.
 */
RECTIFIER_API void rectifier_learned_backward_f32(int32_t activation, const float* x, const float* p, const float* dy,
    float* dx, float* dp, int64_t s0, int64_t v1, int64_t s2, int64_t v3, int64_t s4, int64_t v5, int64_t s6,
    int32_t threads);
RECTIFIER_API void rectifier_learned_backward_f64(int32_t activation, const double* x, const double* p,
    const double* dy, double* dx, double* dp, int64_t s0, int64_t v1, int64_t s2, int64_t v3, int64_t s4, int64_t v5,
    int64_t s6, int32_t threads);

/* ---- RReLU: a random slope --------------------------------------------------------------------------------------- */

/*
 * Training form of the randomized leaky ReLU (Xu et al. 2015, arXiv 1505.00853, section 2.4): y[i] = x[i] > 0 ? x[i] :
 * slope(i) * x[i]. With reciprocal = 0, slope(i) ~ U[lower, upper), the parametrisation of PyTorch; with reciprocal =
 * 1, slope(i) = 1 / a, a ~ U[lower, upper), the paper's. The draw for element i is a function of (seed, stream, first +
 * i) alone, so that `backward` finds the same slopes without keeping them. In place: y may be x. The inference form is
 * the elementwise activation "leakyRelu" with a fixed slope.
 */
RECTIFIER_API void rectifier_rrelu_forward_f32(int32_t reciprocal, double lower, double upper, int64_t seed,
    int64_t stream, int64_t first, const float* x, float* y, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_rrelu_forward_f64(int32_t reciprocal, double lower, double upper, int64_t seed,
    int64_t stream, int64_t first, const double* x, double* y, int64_t n, int32_t threads);

/* dx[i] = x[i] > 0 ? dy[i] : slope(i) * dy[i], with the slopes of the forward call. In place: dx may be dy or x. */
RECTIFIER_API void rectifier_rrelu_backward_f32(int32_t reciprocal, double lower, double upper, int64_t seed,
    int64_t stream, int64_t first, const float* x, const float* dy, float* dx, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_rrelu_backward_f64(int32_t reciprocal, double lower, double upper, int64_t seed,
    int64_t stream, int64_t first, const double* x, const double* dy, double* dx, int64_t n, int32_t threads);

/* ---- Functions along an axis --------------------------------------------------------------------------------------
 */

/*
 * Functions of whole slices along the middle axis of the row-major shape [outer, axis, inner]. They are known by an
 * index, 0 <= index < rectifier_axis_count(), which may change from version to version, and by a name, which doesn't:
 *
 *   softmax      exp(x - max) / sum(exp(x - max))
 *   logSoftmax   log(softmax(x)), accurate also where softmax is next to 1; +0 for axis = 1
 *   softmin      softmax(-x)
 *   sparsemax    max(x - tau, 0) with the tau that makes the sum 1 (Martins and Astudillo 2016, arXiv 1602.02068)
 *   hardmax      1 at the first of the greatest elements, 0 elsewhere
 *
 * A slice that contains NaN gives NaN throughout; so does, but for hardmax, one that contains infinity (softmin:
 * -infinity) or nothing but -infinity (softmin: infinity). The result of a slice has the same bits wherever its
 * elements are, for any outer and inner.
 */
RECTIFIER_API int32_t rectifier_axis_count(void);

/* The name of axis function `index`, as in the Java registry. Static storage. */
RECTIFIER_API const char* rectifier_axis_name(int32_t index);

/* y = f(x). In place: y may be x. */
RECTIFIER_API void rectifier_axis_forward_f32(
    int32_t function, const float* x, float* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads);
RECTIFIER_API void rectifier_axis_forward_f64(
    int32_t function, const double* x, double* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads);

/*
 * dx = scale * the gradient of x, from the output y of the forward call; scale is rounded to the type of the arrays.
 *
 *   softmax      y != 0 ? scale * y * (dy - sum of y * dy where y != 0) : +0
 *   logSoftmax   scale * (dy - exp(y) * sum(dy)), for y <= 0; scale * dy where exp(y) is 0
 *   softmin      -scale * y * (dy - sum(y * dy)) likewise
 *   sparsemax    y > 0 ? scale * (dy - mean of dy where y > 0) : +0
 *   hardmax      +0
 *
 * In place: dx may be dy or y.
 */
RECTIFIER_API void rectifier_axis_backward_f32(int32_t function, double scale, const float* y, const float* dy,
    float* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads);
RECTIFIER_API void rectifier_axis_backward_f64(int32_t function, double scale, const double* y, const double* dy,
    double* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads);

/* ---- Softmax as attention and training have it ---------------------------------------------------------------------
 */

/*
 * y = softmax(scale * x + mask) along the last axis of x [batch, heads, queries, n] (Vaswani et al. 2017, arXiv
 * 1706.03762, equation 1). The mask has rows of n numbers, one for each row of x: row (i, j, k) of x has row i *
 * batch_stride + j * head_stride + k * query_stride of the mask, so that a stride of 0 shares it; a mask of NULL is
 * none. Query k sees only the elements up to k + past; past >= n is no such limit, 0 <= past. The logit is one
 * multiply-add in the type of the arrays, fused where the instruction set can; of the logits the result is as
 * softmax's, with the same bits for scale = 1 without mask and limit. An element beyond the limit or with a mask of
 * -infinity gives +0, whatever it is. A row of nothing but -infinity is NaN, or +0 throughout if zero_rows is 1. The
 * gradient of x is that of softmax with this scale. In place: y may be x.
 */
RECTIFIER_API void rectifier_masked_softmax_f32(double scale, const float* x, const float* mask, float* y,
    int64_t batch, int64_t heads, int64_t queries, int64_t n, int64_t batch_stride, int64_t head_stride,
    int64_t query_stride, int64_t past, int32_t zero_rows, int32_t threads);
RECTIFIER_API void rectifier_masked_softmax_f64(double scale, const double* x, const double* mask, double* y,
    int64_t batch, int64_t heads, int64_t queries, int64_t n, int64_t batch_stride, int64_t head_stride,
    int64_t query_stride, int64_t past, int32_t zero_rows, int32_t threads);

/*
 * y = log(sum(exp(x))) along the middle axis of x [outer, axis, inner], for y [outer, inner]: within 1 ULP of the
 * greater of the result and the greatest element. Infinity of a slice with it, -infinity of one of nothing but that or
 * of no element, NaN of one with NaN. y must not overlap x.
 */
RECTIFIER_API void rectifier_log_sum_exp_f32(
    const float* x, float* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads);
RECTIFIER_API void rectifier_log_sum_exp_f64(
    const double* x, double* y, int64_t outer, int64_t axis, int64_t inner, int32_t threads);

/* dx = dy * softmax(x), for dy [outer, inner]; exactly +0 where softmax is 0. In place: dx may be x. */
RECTIFIER_API void rectifier_log_sum_exp_backward_f32(
    const float* x, const float* dy, float* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads);
RECTIFIER_API void rectifier_log_sum_exp_backward_f64(
    const double* x, const double* dy, double* dx, int64_t outer, int64_t axis, int64_t inner, int32_t threads);

/*
 * The cross-entropy of each row of x [rows, n] with its label, loss = (1 - smoothing) * -log(softmax(x)[label]) +
 * smoothing * mean(-log(softmax(x))), 0 <= smoothing <= 1, and dx = scale * (softmax(x) - target); dx may be NULL. A
 * row whose label is not 0 <= label < n doesn't count: its loss and gradients are +0. The loss is within 2 ULP, 4 with
 * smoothing; dx within 0.5 ULP of what the rounded softmax gives. In place: dx may be x.
 */
RECTIFIER_API void rectifier_cross_entropy_f32(double smoothing, double scale, const float* x, const int32_t* labels,
    float* loss, float* dx, int64_t rows, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_cross_entropy_f64(double smoothing, double scale, const double* x, const int32_t* labels,
    double* loss, double* dx, int64_t rows, int64_t n, int32_t threads);

/* ---- Gated linear units -------------------------------------------------------------------------------------------
 */

/*
 * y = a * f(b) for an elementwise activation f with its parameters: GLU with sigmoid (Dauphin et al. 2016, arXiv
 * 1612.08083), SwiGLU with silu, GEGLU with gelu or geluTanh, ReGLU with relu, bilinear with linear (Shazeer 2020,
 * arXiv 2002.05202). y has `rows` rows of `row` elements one after the other; the rows of a and b are `stride` elements
 * apart. Two arrays of n elements have rows = 1, row = stride = n. The halves of an axis of 2 k elements that are
 * `inner` apart in an array x have row = k * inner, stride = 2 * row, a = x and b = x + row, or the other way round if
 * the first half is the gate.
 *
 * Where f(b) = 0 the result is 0 with the sign of the product, also for an infinite a; NaN in a or b gives NaN. The
 * result is within 2 ULP, for f64 where f(b) isn't denormal. f32 with any gate but sigmoid, silu, gelu and geluTanh is
 * computed in double: within 0.51 ULP. In place: y may be a or b where row = stride.
 */
RECTIFIER_API void rectifier_gated_forward_f32(int32_t gate, double p0, double p1, double p2, const float* a,
    const float* b, float* y, int64_t rows, int64_t row, int64_t stride, int32_t threads);
RECTIFIER_API void rectifier_gated_forward_f64(int32_t gate, double p0, double p1, double p2, const double* a,
    const double* b, double* y, int64_t rows, int64_t row, int64_t stride, int32_t threads);

/*
 * da = f(b) * dy and db = a * f'(b) * dy, from the sources of the forward call; dy lies as y, da and db as a and b. The
 * factors of dy are rounded before they are multiplied by it. That of db is within 2 of the ULP of |a| * max(|f'(b)|,
 * 2^-20) for f32 and of |a| * max(|f'(b)|, 2^-49) for f64. Where a factor of dy is 0 the gradient is exactly +0.0. NaN
 * in a or b gives NaN in both. In place: da and db may be a or b, but not the same one, and where row = stride one may
 * be dy.
 */
RECTIFIER_API void rectifier_gated_backward_f32(int32_t gate, double p0, double p1, double p2, const float* a,
    const float* b, const float* dy, float* da, float* db, int64_t rows, int64_t row, int64_t stride, int32_t threads);
RECTIFIER_API void rectifier_gated_backward_f64(int32_t gate, double p0, double p1, double p2, const double* a,
    const double* b, const double* dy, double* da, double* db, int64_t rows, int64_t row, int64_t stride,
    int32_t threads);

/* ---- Concatenated ReLU --------------------------------------------------------------------------------------------
 */

/*
 * For each of `rows` rows of `row` elements of x, a row of y twice as long: max(x, 0) and then max(-x, 0), +0 for zeros
 * (Shang et al. 2016, arXiv 1603.05201). NaN gives NaN in both. y doesn't overlap x.
 */
RECTIFIER_API void rectifier_crelu_f32(const float* x, float* y, int64_t rows, int64_t row, int32_t threads);
RECTIFIER_API void rectifier_crelu_f64(const double* x, double* y, int64_t rows, int64_t row, int32_t threads);

/*
 * dx = the first half of dy where x > 0, the second one's negative where x < 0, +0 at 0 whatever dy is, NaN where x is.
 * In place: dx may be x.
 */
RECTIFIER_API void rectifier_crelu_backward_f32(
    const float* x, const float* dy, float* dx, int64_t rows, int64_t row, int32_t threads);
RECTIFIER_API void rectifier_crelu_backward_f64(
    const double* x, const double* dy, double* dx, int64_t rows, int64_t row, int32_t threads);

/* ---- Gumbel-softmax ------------------------------------------------------------------------------------------------
 */

/*
 * y[i] = (x[i] + G) / temperature, G = -log(-log(U)) with U ~ U(0, 1), of which softmax makes the Gumbel-softmax (Jang
 * et al. 2016, arXiv 1611.01144). The draw for element i is a function of (seed, stream, first + i) alone, with the
 * same bits on every machine. The gradient is that of softmax with scale = 1 / temperature. In place: y may be x.
 */
RECTIFIER_API void rectifier_gumbel_logits_f32(double temperature, int64_t seed, int64_t stream, int64_t first,
    const float* x, float* y, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_gumbel_logits_f64(double temperature, int64_t seed, int64_t stream, int64_t first,
    const double* x, double* y, int64_t n, int32_t threads);

/* ---- Initializers -------------------------------------------------------------------------------------------------
 */

/* out[i] = value. */
RECTIFIER_API void rectifier_fill_constant_f32(double value, float* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_constant_f64(double value, double* out, int64_t n, int32_t threads);

/*
 * Random fills. Value i is a function of (seed, stream, first + i) and the parameters alone: the generator is
 * Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3") with key = seed and counter =
 * (block, stream), the transforms use only IEEE +, -, *, / and square root in a fixed order (native/docs/random.md is
 * the specification). The same bits come from every instruction set, with or without fused multiply-add, and from the
 * Java reference. 0 <= first. The quantiles of f32 are within 2.23 ULP (normal) and 3.03 ULP (truncated), for all 2^32
 * words that a value is made of; |value - mean| is at most 6.34 and 2 stddev. f64 reaches 8.21 stddev.
 *
 *   uniform            U[low, high)
 *   normal             N(mean, stddev^2), by inversion
 *   truncated_normal   N(mean, stddev^2) restricted to mean +- 2 stddev, by inversion
 *   bounded_normal     N(mean, stddev^2) restricted to [low, high], low < high, either of which may be infinite, by
 *                      inversion in double precision; 0 < stddev. Both bounds may lie on one side of the mean, and any
 *                      number of deviations away. Values are within the bounds, which have to have a number of the type
 *                      between them.
 */
RECTIFIER_API void rectifier_fill_uniform_f32(
    double low, double high, int64_t seed, int64_t stream, int64_t first, float* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_uniform_f64(
    double low, double high, int64_t seed, int64_t stream, int64_t first, double* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_normal_f32(
    double mean, double stddev, int64_t seed, int64_t stream, int64_t first, float* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_normal_f64(
    double mean, double stddev, int64_t seed, int64_t stream, int64_t first, double* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_truncated_normal_f32(
    double mean, double stddev, int64_t seed, int64_t stream, int64_t first, float* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_truncated_normal_f64(
    double mean, double stddev, int64_t seed, int64_t stream, int64_t first, double* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_bounded_normal_f32(double mean, double stddev, double low, double high, int64_t seed,
    int64_t stream, int64_t first, float* out, int64_t n, int32_t threads);
RECTIFIER_API void rectifier_fill_bounded_normal_f64(double mean, double stddev, double low, double high, int64_t seed,
    int64_t stream, int64_t first, double* out, int64_t n, int32_t threads);

/*
 * out[i] = gain * element first + i of a row-major random matrix of this size with orthonormal columns, or rows if
 * there are fewer of them (Saxe et al. 2013, arXiv 1312.6120). It is the Q of A = Q R, with the R whose diagonal isn't
 * negative, which makes it uniformly distributed (Stewart 1980, SIAM J. Numer. Anal. 17, 403-409); for rows < columns
 * its transpose. A has max(rows, columns) rows; its row-major element i is value i of rectifier_fill_normal_f64 with
 * mean 0 and stddev 1. Householder's method in double precision and a fixed order, rounded to the type of out at the
 * end: the same bits from every instruction set, any number of threads, and the Java reference. 0 <= first, and the
 * matrix has at most 2^60 elements. However few are asked for, all are computed, in working memory of somewhat more
 * than 8 bytes for each. Returns RECTIFIER_OK or, with nothing written, RECTIFIER_OUT_OF_MEMORY.
 */
RECTIFIER_API int32_t rectifier_orthogonal_f32(double gain, int64_t rows, int64_t columns, int64_t seed, int64_t stream,
    int64_t first, float* out, int64_t n, int32_t threads);
RECTIFIER_API int32_t rectifier_orthogonal_f64(double gain, int64_t rows, int64_t columns, int64_t seed, int64_t stream,
    int64_t first, double* out, int64_t n, int32_t threads);

/* ---- Dense layers -------------------------------------------------------------------------------------------------
 */

/*
 * z = x W + b and y = f(z), for row-major x [batch, inputs], W [inputs, units], b [units], z and y [batch, units]. f is
 * an elementwise activation with its parameters, or the identity for activation = -1. y may be z, for inference; no
 * other two arrays may overlap.
 *
 * Each element of a product, here and below, is one sum that starts at 0 and takes its terms in the order of the inner
 * index, each with one multiply-add, fused wherever the instruction set can; the bias is added last. So a row of a
 * batch has the same bits as that row alone, and results are the same for any number of threads.
 */
RECTIFIER_API void rectifier_dense_forward_f32(int32_t activation, double p0, double p1, double p2, const float* x,
    const float* w, const float* b, float* z, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads);
RECTIFIER_API void rectifier_dense_forward_f64(int32_t activation, double p0, double p1, double p2, const double* x,
    const double* w, const double* b, double* z, double* y, int64_t batch, int64_t inputs, int64_t units,
    int32_t threads);

/*
 * y = f(x W + b) as above, to the same bits, for weights in the order that a product reads them in, which is faster for
 * weights that don't change: panels of 48 units, the last of what is left rounded up to a multiple of 16, panel after
 * panel, each row after row, with zeros for units that there aren't. So the weight of input i and unit u is at
 * p inputs + i w + u - p, where p is u rounded down to a multiple of 48 and w the lesser of 48 and the rounded-up units
 * minus p; there are inputs times the rounded-up units in all. y overlaps no other array.
 *
 * Weights of 16 bits are widened, and all else is float: where a call waits for its weights to come from memory, as for
 * a batch of one row, half as many bytes come.
 */
RECTIFIER_API void rectifier_dense_packed_f32(int32_t activation, double p0, double p1, double p2, const float* x,
    const float* w, const float* b, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads);
RECTIFIER_API void rectifier_dense_packed_f64(int32_t activation, double p0, double p1, double p2, const double* x,
    const double* w, const double* b, double* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads);
RECTIFIER_API void rectifier_dense_packed_half_bf16(int32_t activation, double p0, double p1, double p2, const float* x,
    const uint16_t* w, const float* b, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads);
RECTIFIER_API void rectifier_dense_packed_half_f16(int32_t activation, double p0, double p1, double p2, const float* x,
    const uint16_t* w, const float* b, float* y, int64_t batch, int64_t inputs, int64_t units, int32_t threads);

/*
 * The gradients of z = x W + b from dz [batch, units]: dx = dz W^T, dw = x^T dz, db = sum of dz over the batch, all
 * overwritten, db after a sum in double. dx may be NULL where it isn't needed (the first layer). No two arrays may
 * overlap.
 */
RECTIFIER_API void rectifier_dense_backward_f32(const float* x, const float* w, const float* dz, float* dx, float* dw,
    float* db, int64_t batch, int64_t inputs, int64_t units, int32_t threads);
RECTIFIER_API void rectifier_dense_backward_f64(const double* x, const double* w, const double* dz, double* dx,
    double* dw, double* db, int64_t batch, int64_t inputs, int64_t units, int32_t threads);

#ifdef __cplusplus
}
#endif

#endif
