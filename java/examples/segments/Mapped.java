import dev.rectifier.DType;
import dev.rectifier.Elementwise;
import dev.rectifier.Span;
import dev.rectifier.segments.Segments;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** GELU of all numbers of a file, however many, in the file. Takes Java 22. */
public class Mapped {
    public static void main(String[] arguments) throws IOException {
        Path path = Files.createTempFile("numbers-", ".f32");
        try (FileChannel file =
                        FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
                Arena arena = Arena.ofShared()) {
            MemorySegment segment =
                    file.map(FileChannel.MapMode.READ_WRITE, 0, 1000 * Float.BYTES, arena);
            for (int i = 0; i < 1000; i++) {
                segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, i / 100f - 5);
            }

            Span numbers = Segments.span(DType.FLOAT32, segment);
            Elementwise.gelu().forward(numbers, numbers);

            System.out.println(numbers.get(0) + ", " + numbers.get(700));
        } finally {
            Files.delete(path);
        }
    }
}
