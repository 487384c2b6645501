// Ends with 0 if the library given as argument can be loaded and has what a JVM asks it for first.
#ifdef _WIN32
#include <windows.h>
#else
#include <dlfcn.h>
#endif

#include <cstdio>

int main(int argc, char** argv) {
    const char* path = argc > 1 ? argv[1] : "";
#ifdef _WIN32
    HMODULE library = LoadLibraryA(path);
    const bool found = library != nullptr && GetProcAddress(library, "JNI_OnLoad") != nullptr;
    if (!found) {
        std::printf("%s: error %lu\n", path, GetLastError());
    }
#else
    void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    const bool found = library != nullptr && dlsym(library, "JNI_OnLoad") != nullptr;
    if (!found) {
        std::printf("%s: %s\n", path, dlerror());
    }
#endif
    return found ? 0 : 1;
}
