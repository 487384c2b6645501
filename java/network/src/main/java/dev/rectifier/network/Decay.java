package dev.rectifier.network;

import dev.rectifier.Parameter;

/**
 * How the learning rate changes with the steps of an optimizer: an immutable, thread-safe value.
 * Steps are counted from 0, one for each batch, as Keras counts; PyTorch's schedulers count epochs.
 */
public final class Decay {
    private static final Parameter RATE = Parameter.number("rate", 0.96, Double.MIN_VALUE, 1);
    private static final Parameter FLOOR = Parameter.number("floor", 0, 0, 1);
    private static final Decay NONE = new Decay("none", 1, 1);

    private final String name;
    private final int steps;
    private final double parameter;

    private Decay(String name, int steps, double parameter) {
        if (steps < 1) {
            throw new IllegalArgumentException("steps must be at least 1, not " + steps);
        }
        this.name = name;
        this.steps = steps;
        this.parameter = parameter;
    }

    /** {@return the learning rate stays as it is} */
    public static Decay none() {
        return NONE;
    }

    /**
     * rate^(step / steps): Keras's {@code ExponentialDecay}.
     *
     * @param steps after how many steps the learning rate is {@code rate} times what it was, at
     *     least 1
     * @param rate more than 0, at most 1
     * @return the schedule
     * @throws IllegalArgumentException if they aren't
     */
    public static Decay exponential(int steps, double rate) {
        RATE.check(rate);
        return new Decay("exponential", steps, rate);
    }

    /**
     * rate^⌊step / steps⌋: Keras's {@code ExponentialDecay} with {@code staircase}, PyTorch's
     * {@code StepLR}.
     *
     * @param steps how long the learning rate stays the same, at least 1
     * @param rate more than 0, at most 1
     * @return the schedule
     * @throws IllegalArgumentException if they aren't
     */
    public static Decay step(int steps, double rate) {
        RATE.check(rate);
        return new Decay("step", steps, rate);
    }

    /**
     * floor + (1 − floor)·(1 + cos(π·min(step / steps, 1))) / 2: Keras's {@code CosineDecay}
     * (Loshchilov and Hutter 2017, arXiv 1608.03983), which calls floor alpha.
     *
     * @param steps when it is over, at least 1
     * @param floor what is left then, from 0 to 1
     * @return the schedule
     * @throws IllegalArgumentException if they aren't
     */
    public static Decay cosine(int steps, double floor) {
        FLOOR.check(floor);
        return new Decay("cosine", steps, floor);
    }

    /**
     * {@return what the learning rate is multiplied with, from 0 to 1, the same bits everywhere}
     *
     * @param step how many steps have been made
     * @throws IllegalArgumentException if {@code step} is negative
     */
    public double factor(long step) {
        if (step < 0) {
            throw new IllegalArgumentException("step must be at least 0, not " + step);
        }
        double done = (double) step / steps;
        return switch (name) {
            case "exponential" -> StrictMath.pow(parameter, done);
            case "step" -> StrictMath.pow(parameter, Math.floor(done));
            case "cosine" ->
                    parameter
                            + (1 - parameter)
                                    * (1 + StrictMath.cos(Math.PI * Math.min(done, 1)))
                                    / 2;
            default -> 1;
        };
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Decay that
                && that.name.equals(name)
                && that.steps == steps
                && that.parameter == parameter;
    }

    @Override
    public int hashCode() {
        return 31 * (31 * name.hashCode() + steps) + Double.hashCode(parameter);
    }

    @Override
    public String toString() {
        return this.equals(NONE) ? name : "%s(%d, %s)".formatted(name, steps, parameter);
    }
}
