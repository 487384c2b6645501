package dev.rectifier.report.plot;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;

/** Round numbers along an axis. */
final class Ticks {
    private static final int[] ROUND = {1, 2, 5};
    private static final int LONGEST_LABEL = 6;

    private Ticks() {}

    /** The multiples in the range of 1, 2 or 5 times a power of ten: not more than these. */
    static List<BigDecimal> of(Range range, int most) {
        int exponent = (int) Math.floor(Math.log10(range.size() / most)) - 1;
        while (true) {
            for (int round : ROUND) {
                List<BigDecimal> ticks = multiples(BigDecimal.valueOf(round, -exponent), range);
                if (ticks.size() <= most) {
                    return ticks;
                }
            }
            exponent++;
        }
    }

    private static List<BigDecimal> multiples(BigDecimal step, Range range) {
        BigDecimal high = new BigDecimal(range.high());
        BigDecimal first =
                new BigDecimal(range.low()).divide(step, 0, RoundingMode.CEILING).multiply(step);
        List<BigDecimal> ticks = new ArrayList<>();
        for (BigDecimal tick = first; tick.compareTo(high) <= 0; tick = tick.add(step)) {
            ticks.add(tick);
        }
        return ticks;
    }

    /** A tick in few letters. */
    static String label(BigDecimal tick) {
        if (tick.signum() == 0) {
            return "0";
        }
        BigDecimal short_ = tick.stripTrailingZeros();
        String plain = short_.toPlainString();
        int exponent = short_.precision() - short_.scale() - 1;
        String scientific = short_.movePointLeft(exponent).toPlainString() + "e" + exponent;
        return plain.length() <= Math.max(LONGEST_LABEL, scientific.length()) ? plain : scientific;
    }
}
