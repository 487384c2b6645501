import dev.rectifier.Elementwise;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.vector.Float4Vector;

/** GELU of a column of Apache Arrow, in the memory that the column is in. */
public class OnArrow {
    public static void main(String[] arguments) {
        try (RootAllocator allocator = new RootAllocator();
                Float4Vector column = new Float4Vector("x", allocator)) {
            column.allocateNew(1000);
            column.setValueCount(1000);
            for (int i = 0; i < 1000; i++) {
                column.set(i, i / 100f - 5);
            }
            column.setNull(7);

            // Values and nulls are in buffers of their own: a null has some value, which nobody reads.
            FloatBuffer values = values(column);
            Elementwise.gelu().forward(values, values);

            System.out.println(column.get(0) + ", " + column.isNull(7) + ", " + column.get(700));
        }
    }

    /** The values of a column of up to 2 GB; a longer one makes a memory segment of its address. */
    private static FloatBuffer values(Float4Vector column) {
        long bytes = (long) column.getValueCount() * Float4Vector.TYPE_WIDTH;
        return column.getDataBuffer()
                .nioBuffer(0, Math.toIntExact(bytes))
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
    }
}
