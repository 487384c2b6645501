# What the Zig in question can't link: libraries for macOS that don't export whatever has a name, and programs for musl
# that can load a library. LLVM's linkers can.
if(APPLE)
  set(CMAKE_CXX_LINKER_WRAPPER_FLAG "")
  set(CMAKE_CXX_LINKER_WRAPPER_FLAG_SEP "")
  set(CMAKE_CXX_CREATE_SHARED_LIBRARY
    "${RECTIFIER_LINKER} -dylib -arch ${CMAKE_OSX_ARCHITECTURES} -platform_version macos 11.0 11.0 -dead_strip <LINK_FLAGS> -install_name <TARGET_INSTALLNAME_DIR><TARGET_SONAME> -o <TARGET> <OBJECTS> <LINK_LIBRARIES> ${RECTIFIER_RUNTIME}")
else()
  set(CMAKE_CXX_LINK_EXECUTABLE
    "${RECTIFIER_LINKER} --eh-frame-hdr -dynamic-linker /lib/ld-musl-x86_64.so.1 -L${RECTIFIER_MUSL} -o <TARGET> ${RECTIFIER_MUSL}/crt1.o ${RECTIFIER_MUSL}/crti.o <OBJECTS> <LINK_LIBRARIES> ${RECTIFIER_MUSL}/libc.so ${RECTIFIER_RUNTIME} ${RECTIFIER_MUSL}/crtn.o")
endif()
