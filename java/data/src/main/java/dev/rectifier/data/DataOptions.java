package dev.rectifier.data;

import java.util.Optional;

/**
 * How to read a table of features and labels.
 *
 * @param label the column of the labels: {@code first}, {@code last} or a name from the header; by
 *     default the last
 * @param header whether the first row of a CSV file is a header
 */
public record DataOptions(Optional<String> label, Header header) {
    /** Looks for the labels in the last column, and decides by itself whether there is a header. */
    public static final DataOptions DEFAULT = new DataOptions(Optional.empty(), Header.AUTO);

    private static final String FIRST = "first";
    private static final String LAST = "last";

    /** Whether the first row is a header. */
    public enum Header {
        /** It is. */
        YES,
        /** It isn't. */
        NO,
        /** Judged by the row. */
        AUTO
    }

    /**
     * Checks that the options agree.
     *
     * @throws IllegalArgumentException if a name is to be looked up in a header that isn't there
     */
    public DataOptions {
        if (header == Header.NO && nameOf(label).isPresent()) {
            throw new IllegalArgumentException(
                    "--label %s is a name from a header, but --header is no"
                            .formatted(label.orElseThrow()));
        }
    }

    /** The name of the column of the labels, if that is how it was given. */
    Optional<String> labelName() {
        return nameOf(label);
    }

    private static Optional<String> nameOf(Optional<String> label) {
        return label.filter(name -> !name.equals(FIRST) && !name.equals(LAST));
    }

    /** The place of the column of the labels, unless it was given by name. */
    int labelColumn(int columns) {
        return label.filter(FIRST::equals).isPresent() ? 0 : columns - 1;
    }

    /** Refuses options that mean nothing for an input. */
    void refuseFor(String file, String kind) {
        if (label.isPresent()) {
            throw DataException.of(
                    file, "--label is for tables; %s, as this is, has its labels apart", kind);
        }
        refuseHeaderFor(file, kind);
    }

    /** Refuses the option that says something about a header. */
    void refuseHeaderFor(String file, String kind) {
        if (header != Header.AUTO) {
            throw DataException.of(file, "--header is for CSV; this is %s", kind);
        }
    }
}
