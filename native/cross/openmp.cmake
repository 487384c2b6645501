# Builds LLVM's OpenMP runtime for a platform, from the archive that `apt-get source --download-only llvm-toolchain-19`
# leaves (Apache-2.0 with LLVM Exceptions):
#
#   cmake -D RECTIFIER_PLATFORM=linux-arm64 -D RECTIFIER_ZIG=/path/to/zig -D LLVM=llvm-toolchain-19_19.1.7.orig.tar.xz
#         -D OUT=directory -P native/cross/openmp.cmake
#
# OUT/<platform> then has libomp.a and omp.h: what RECTIFIER_OPENMP_LIBRARY asks for. Needs Debian's llvm and ninja-build.
cmake_minimum_required(VERSION 3.22)
foreach(given RECTIFIER_PLATFORM RECTIFIER_ZIG LLVM OUT)
  if(NOT ${given})
    message(FATAL_ERROR "${given} is not given")
  endif()
endforeach()
get_filename_component(OUT ${OUT} ABSOLUTE)

if(NOT EXISTS ${OUT}/source)
  file(ARCHIVE_EXTRACT INPUT ${LLVM} DESTINATION ${OUT}/extracted
    PATTERNS llvm-toolchain-*/openmp/* llvm-toolchain-*/cmake/Modules/*)
  file(GLOB root ${OUT}/extracted/*)

  # Its one resource is a version number, for which a resource compiler would have to be installed.
  set(list ${root}/openmp/runtime/src/CMakeLists.txt)
  file(READ ${list} text)
  string(REGEX REPLACE "[^\n]*libomp\\.rc (WIN32|libomp\\.rc)[^\n]*\n" "" text "${text}")
  file(WRITE ${list} "${text}")

  # Zig's linker for macOS knows no absolute symbols, and its headers have no sys/syscall.h.
  set(assembly ${root}/openmp/runtime/src/z_Linux_asm.S)
  file(READ ${assembly} text)
  string(REGEX REPLACE "\n(__[a-z_]+) = (-?[0-9]+)" "\n#define \\1 \\2" text "${text}")
  file(WRITE ${assembly} "${text}")
  file(WRITE ${OUT}/headers/macosx/sys/syscall.h "#define SYS_thread_selfid 372\n")

  # It would look for another copy of LLVM's runtime in the process, by a file in /dev/shm, and end the process if there
  # is one, as where a program uses PyTorch or MKL too. Ours has no symbol that another could be linked with.
  set(registration ${root}/openmp/runtime/src/kmp_runtime.cpp)
  file(READ ${registration} text)
  string(REGEX REPLACE "\nvoid __kmp_(un)?register_library(_startup)?\\(void\\) {" "\\0\n  return;" text "${text}")
  file(WRITE ${registration} "${text}")
  file(RENAME ${root} ${OUT}/source)
endif()

set(build ${OUT}/build/${RECTIFIER_PLATFORM})
set(flags "-ffile-prefix-map=${OUT}=. -g0 -Oz -fvisibility=hidden -ffunction-sections -fdata-sections -fno-unwind-tables -fno-asynchronous-unwind-tables")
set(arguments)
if(RECTIFIER_PLATFORM MATCHES "^macosx")
  string(APPEND flags " -I${OUT}/headers/macosx")
elseif(RECTIFIER_PLATFORM MATCHES "^windows")
  find_program(MASM NAMES llvm-ml llvm-ml-19 llvm-ml-16 llvm-ml-15 llvm-ml-14
    PATHS /usr/lib/llvm-19/bin /usr/lib/llvm-16/bin /usr/lib/llvm-15/bin /usr/lib/llvm-14/bin REQUIRED)
  list(APPEND arguments -DCMAKE_ASM_MASM_COMPILER=${MASM} -DLIBOMP_ASMFLAGS=-m64)
endif()
execute_process(COMMAND ${CMAKE_COMMAND} -S ${OUT}/source/openmp -B ${build} -G Ninja
  -DCMAKE_TOOLCHAIN_FILE=${CMAKE_CURRENT_LIST_DIR}/zig.cmake -DRECTIFIER_PLATFORM=${RECTIFIER_PLATFORM}
  -DRECTIFIER_ZIG=${RECTIFIER_ZIG} -DCMAKE_BUILD_TYPE=MinSizeRel -DCMAKE_C_FLAGS=${flags} -DCMAKE_CXX_FLAGS=${flags}
  -DOPENMP_STANDALONE_BUILD=ON -DOPENMP_ENABLE_LIBOMPTARGET=OFF -DOPENMP_ENABLE_OMPT_TOOLS=OFF
  -DLIBOMP_OMPT_SUPPORT=OFF -DLIBOMP_OMPD_SUPPORT=OFF -DLIBOMP_USE_HWLOC=OFF -DLIBOMP_INSTALL_ALIASES=OFF
  -DLIBOMP_USE_ITT_NOTIFY=OFF -DLIBOMP_USE_VERSION_SYMBOLS=OFF -DOPENMP_LLVM_TOOLS_DIR=/usr/bin
  -DLLVM_DEFAULT_TARGET_TRIPLE=${RECTIFIER_PLATFORM} ${arguments}
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} --build ${build} --target omp COMMAND_ERROR_IS_FATAL ANY)

# A static library of what was compiled for a shared one, which its own build makes on no Windows, and which tells the
# runtime when a thread ends.
file(GLOB_RECURSE objects ${build}/runtime/src/CMakeFiles/omp.dir/*.o ${build}/runtime/src/CMakeFiles/omp.dir/*.obj)
file(MAKE_DIRECTORY ${OUT}/${RECTIFIER_PLATFORM})
file(REMOVE ${OUT}/${RECTIFIER_PLATFORM}/libomp.a)
find_program(AR llvm-ar REQUIRED)
execute_process(COMMAND ${AR} rcsD ${OUT}/${RECTIFIER_PLATFORM}/libomp.a ${objects} COMMAND_ERROR_IS_FATAL ANY)
file(COPY ${build}/runtime/src/omp.h DESTINATION ${OUT}/${RECTIFIER_PLATFORM})
