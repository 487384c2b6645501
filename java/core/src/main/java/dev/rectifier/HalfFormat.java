package dev.rectifier;

/**
 * A floating-point type of 16 bits, which Java has none of: a sign, an exponent and a mantissa,
 * with the values of IEEE-754. Immutable.
 *
 * @param mantissaBits how many bits the mantissa has; the exponent has what is left of 15
 */
record HalfFormat(int mantissaBits) {
    private static final int SIGN = 0x8000;
    private static final int DOUBLE_MANTISSA_BITS = 52;

    /** The exponent of the least normal number, and of all denormals. */
    private int leastExponent() {
        return 2 - (1 << 14 - mantissaBits);
    }

    /** The bits of ∞. */
    private int infinity() {
        return (1 << 15) - (1 << mantissaBits);
    }

    /** The value of a number given by its bits; the payload of a NaN is kept. */
    double value(short bits) {
        int magnitude = bits & ~SIGN & 0xFFFF;
        int mantissa = magnitude & (1 << mantissaBits) - 1;
        double value;
        if (magnitude >= infinity()) {
            long payload = (long) mantissa << DOUBLE_MANTISSA_BITS - mantissaBits;
            value =
                    Double.longBitsToDouble(
                            Double.doubleToRawLongBits(Double.POSITIVE_INFINITY) | payload);
        } else {
            int exponent = Math.max(magnitude >> mantissaBits, 1) - 1;
            int units = magnitude - (exponent << mantissaBits);
            value = Math.scalb((double) units, exponent + leastExponent() - mantissaBits);
        }
        return (bits & SIGN) == 0 ? value : -value;
    }

    /**
     * The bits of the nearest number, of two the one whose last bit is 0. A value beyond the
     * greatest by half a unit becomes infinite; a NaN becomes quiet and keeps its sign and the
     * upper bits of its payload.
     */
    short nearest(double value) {
        long bits = Double.doubleToRawLongBits(value);
        int magnitude;
        if (Double.isNaN(value)) {
            int quiet = 1 << mantissaBits - 1;
            int payload = (int) (bits >>> DOUBLE_MANTISSA_BITS - mantissaBits);
            magnitude = infinity() | quiet | payload & (1 << mantissaBits) - 1;
        } else {
            int exponent = Math.max(Math.getExponent(value), leastExponent());
            // Scaling by a power of two is exact, so that nothing is rounded twice.
            double units = Math.rint(Math.scalb(Math.abs(value), mantissaBits - exponent));
            double exact = Math.scalb((double) (exponent - leastExponent()), mantissaBits) + units;
            magnitude = (int) Math.min(exact, infinity());
        }
        return (short) (bits < 0 ? magnitude | SIGN : magnitude);
    }
}
