package dev.rectifier.binding;

import org.bytedeco.javacpp.annotation.Platform;
import org.bytedeco.javacpp.annotation.Properties;
import org.bytedeco.javacpp.tools.Info;
import org.bytedeco.javacpp.tools.InfoMap;
import org.bytedeco.javacpp.tools.InfoMapper;

/**
 * Tells JavaCPP how to make {@code RectifierNative}, which extends this class, of {@code
 * rectifier.h}. An array is passed by its address, which costs nothing; how those on the heap get
 * one is {@link NativeMemory}'s matter.
 */
@Properties(
        target = "dev.rectifier.binding",
        global = "dev.rectifier.binding.RectifierNative",
        // A C header: its functions throw nothing, so nothing is caught.
        value = @Platform(cinclude = "rectifier.h", library = "jnirectifier"))
public class RectifierConfig implements InfoMapper {
    @Override
    public void map(InfoMap infoMap) {
        infoMap.put(new Info("RECTIFIER_API").cppTypes().annotations());
        infoMap.put(address("float"));
        infoMap.put(address("double"));
        infoMap.put(address("uint16_t"));
        infoMap.put(
                new Info("const int32_t")
                        .valueTypes("int")
                        .pointerTypes("@Cast(\"const int32_t*\") long"));
        infoMap.put(new Info("const char").pointerTypes("String"));
        // The letters of a path have other bytes than those of a String where file.encoding
        // differs.
        infoMap.put(
                new Info("rectifier_set_parallel_library")
                        .javaText(
                                "@NoException public static native void"
                                        + " rectifier_set_parallel_library("
                                        + "@Cast(\"const char*\") byte[] path);"));
    }

    private static Info address(String type) {
        return new Info(type).valueTypes(type).pointerTypes("@Cast(\"" + type + "*\") long");
    }
}
