package dev.rectifier.docs;

/** What a picture is drawn in, on a light or a dark page. */
enum Colours {
    LIGHT("banner-light.svg", "#1f2328", "#59636e", "#d1d9e0", "#ddf4ff", "#0969da", "#bc4c00"),
    DARK("banner-dark.svg", "#f0f6fc", "#9198a1", "#3d444d", "#12263f", "#58a6ff", "#f0883e");

    private final String file;
    private final String text;
    private final String faint;
    private final String line;
    private final String band;
    private final String first;
    private final String second;

    Colours(
            String file,
            String text,
            String faint,
            String line,
            String band,
            String first,
            String second) {
        this.file = file;
        this.text = text;
        this.faint = faint;
        this.line = line;
        this.band = band;
        this.first = first;
        this.second = second;
    }

    String file() {
        return file;
    }

    String text() {
        return text;
    }

    /** Of less important text. */
    String faint() {
        return faint;
    }

    /** Of axes and frames. */
    String line() {
        return line;
    }

    /** Of an area behind other things. */
    String band() {
        return band;
    }

    /** Of our own figures. */
    String first() {
        return first;
    }

    /** Of what they are compared with. */
    String second() {
        return second;
    }
}
