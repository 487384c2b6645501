# Fails unless the table is the only symbol that OBJECT, a level's kernels, offers to the linker; NM lists them.
get_filename_component(level ${OBJECT} NAME_WE)
execute_process(COMMAND ${NM} --defined-only --extern-only --format=posix ${OBJECT}
  OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
if(NOT symbols MATCHES "^rectifier_${level} [^\n]*\n$")
  message(FATAL_ERROR "${OBJECT} defines:\n${symbols}")
endif()
