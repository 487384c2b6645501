package dev.rectifier.docs;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** Numbers as they stand on a page. */
final class Figures {
    private static final int DIGITS = 3;
    private static final double WITHOUT_POWER = 1000;
    private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

    private Figures() {}

    /** Three significant digits, never in powers of ten. */
    static String digits(double value) {
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(DIGITS));
        int decimals = DIGITS - (rounded.precision() - rounded.scale());
        return String.format(Locale.ROOT, "%." + Math.max(0, decimals) + "f", value);
    }

    /** An error, whose order is all that matters when it is large. */
    static String error(double ulps) {
        if (ulps == 0) {
            return "0";
        }
        if (ulps < WITHOUT_POWER) {
            return String.format(Locale.ROOT, ulps < 10 ? "%.2f" : "%.0f", ulps);
        }
        String[] parts = String.format(Locale.ROOT, "%.0e", ulps).split("e\\+0*");
        return parts[0] + "·" + power(Double.parseDouble("1e" + parts[1]));
    }

    /** 10 to some power. */
    static String power(double value) {
        StringBuilder power = new StringBuilder("10");
        Long.toString(Math.round(Math.log10(value)))
                .chars()
                .forEach(digit -> power.append(SUPERSCRIPTS.charAt(digit - '0')));
        return power.toString();
    }

    /** As its maker writes it. */
    static String instructionSet(String name) {
        return switch (name) {
            case "avx512" -> "AVX-512";
            case "avx2" -> "AVX2";
            default -> name;
        };
    }
}
