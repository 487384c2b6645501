package dev.rectifier.docs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Chromium without a window, which says what is wrong with the look of a page. */
public final class Browser {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "chrome");

    private static final Pattern FINDINGS = Pattern.compile("data-findings=\"([^\"]*)\"");

    /**
     * Runs beside the page, which is in a frame, so that it may be narrower than a window. Text
     * that reaches out of a box which doesn't scroll is a finding, and so are texts of a picture
     * that reach out of it or lie over each other.
     */
    private static final String SCRIPT =
            """
            const frame = document.querySelector('iframe');
            frame.onload = () => {
              const page = frame.contentDocument, view = frame.contentWindow, found = [];
              const name = element => element.tagName.toLowerCase() + ' "'
                  + element.textContent.trim().replace(/\\s+/g, ' ').slice(0, 60) + '"';
              const scrolls = element => element !== page.documentElement && element !== null
                  && (['auto', 'scroll'].includes(view.getComputedStyle(element).overflowX)
                      || scrolls(element.parentElement));
              const width = page.documentElement.clientWidth;
              if (page.documentElement.scrollWidth > width) {
                found.push('the page is ' + page.documentElement.scrollWidth + ' pixels wide');
              }
              for (const element of page.body.querySelectorAll('*')) {
                if (element.closest('svg') === null && element.scrollWidth > element.clientWidth + 1
                    && element.clientWidth > 0 && !scrolls(element)) {
                  found.push('text leaves its box: ' + name(element));
                }
              }
              for (const picture of page.querySelectorAll('svg')) {
                if (picture.parentElement.closest('svg') !== null) continue;
                const box = picture.getBoundingClientRect();
                const texts = [...picture.querySelectorAll('text')]
                    .filter(text => text.textContent.trim() !== '')
                    .map(text => [text, text.getBoundingClientRect()]);
                texts.forEach(([text, r], i) => {
                  if (r.left < box.left - 1 || r.right > box.right + 1 || r.top < box.top - 1
                      || r.bottom > box.bottom + 1) {
                    found.push('text leaves its picture: ' + name(text));
                  }
                  for (const [other, o] of texts.slice(i + 1)) {
                    const across = Math.min(r.right, o.right) - Math.max(r.left, o.left);
                    const down = Math.min(r.bottom, o.bottom) - Math.max(r.top, o.top);
                    if (across > 2 && down > Math.min(r.height, o.height) / 2) {
                      found.push('texts lie over each other: ' + name(text) + ', ' + name(other));
                    }
                  }
                });
              }
              document.documentElement.setAttribute('data-findings',
                  btoa(unescape(encodeURIComponent(found.join('\\n')))) || '-');
            };
            frame.srcdoc = new TextDecoder().decode(
                Uint8Array.from(atob(document.querySelector('template').innerHTML.trim()),
                    c => c.charCodeAt(0)));
            """;

    private final Path program;

    private Browser(Path program) {
        this.program = program;
    }

    /** The one on the path, if there is one. */
    public static Optional<Browser> find() {
        return Stream.of(System.getenv("PATH").split(java.io.File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst()
                .map(Browser::new);
    }

    /**
     * What is wrong with a page, in a sentence each: what it writes to the console, and text that
     * isn't where it should be.
     *
     * @param html the page, which stands by itself
     * @param width of the window in pixels
     * @param options further ones of Chromium, such as {@code
     *     --blink-settings=preferredColorScheme=0}
     * @param folder for files of the moment
     */
    public List<String> findings(String html, int width, Path folder, String... options)
            throws IOException, InterruptedException {
        String encoded = Base64.getEncoder().encodeToString(html.getBytes(StandardCharsets.UTF_8));
        Path page =
                Files.writeString(
                        folder.resolve("framed.html"),
                        "<!DOCTYPE html><meta charset=\"utf-8\"><iframe style=\"border: 0; width: %dpx; height: 2000px\"></iframe><template>%s</template><script>%s</script>"
                                .formatted(width, encoded, SCRIPT));
        List<String> command =
                new ArrayList<>(
                        List.of(
                                program.toString(),
                                "--headless=new",
                                "--no-sandbox",
                                "--disable-gpu",
                                "--disable-dev-shm-usage",
                                "--user-data-dir=" + folder.resolve("profile"),
                                "--enable-logging=stderr",
                                "--virtual-time-budget=10000",
                                "--window-size=1600,2100",
                                "--dump-dom"));
        command.addAll(List.of(options));
        command.add(page.toUri().toString());
        Path dom = folder.resolve("dom.html");
        Path log = folder.resolve("log.txt");
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(dom.toFile())
                        .redirectError(log.toFile())
                        .start();
        if (!process.waitFor(3, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new IOException(program + " doesn't come to an end");
        }
        Matcher found = FINDINGS.matcher(Files.readString(dom));
        if (!found.find()) {
            throw new IOException(
                    "%s has not looked at the page: %s".formatted(program, Files.readString(log)));
        }
        List<String> findings = new ArrayList<>();
        if (!found.group(1).equals("-")) {
            byte[] texts = Base64.getDecoder().decode(found.group(1));
            findings.addAll(new String(texts, StandardCharsets.UTF_8).lines().toList());
        }
        try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
            lines.filter(line -> line.contains(":CONSOLE")).forEach(findings::add);
        }
        return findings;
    }
}
