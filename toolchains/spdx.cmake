# The bill of materials that a package brings with it: ringlet.spdx.json, SPDX 2.3 (spdx.github.io/spdx-spec/v2.3),
# with the versions of what this build has compiled in or linked. NOTICE has the licences' texts.

# The number behind a #define.
function(ringlet_defined_number file name out)
  file(STRINGS ${file} line REGEX "^#define[ \t]+${name}[ \t]+[0-9]+")
  string(REGEX REPLACE "^#define[ \t]+[A-Za-z0-9_]+[ \t]+([0-9]+).*" "\\1" number "${line}")
  set(${out} ${number} PARENT_SCOPE)
endfunction()

# "1.2.3" from the three defines with these endings after `prefix`.
function(ringlet_defined_version file prefix out)
  set(version)
  foreach(part IN LISTS ARGN)
    ringlet_defined_number(${file} ${prefix}${part} number)
    list(APPEND version ${number})
  endforeach()
  string(JOIN "." version ${version})
  set(${out} ${version} PARENT_SCOPE)
endfunction()

set(spdx_packages)
set(spdx_relationships)
# How the package of this build stands to another: CONTAINS (compiled in), DYNAMIC_LINK, GENERATED_FROM.
function(ringlet_spdx_package name relationship version licence place copyright)
  string(MAKE_C_IDENTIFIER ${name} id)
  string(REPLACE "_" "-" id ${id})
  if(version STREQUAL "")
    set(version NOASSERTION)
  endif()
  list(APPEND spdx_packages "    {
      \"SPDXID\": \"SPDXRef-${id}\",
      \"name\": \"${name}\",
      \"versionInfo\": \"${version}\",
      \"downloadLocation\": \"${place}\",
      \"filesAnalyzed\": false,
      \"licenseConcluded\": \"${licence}\",
      \"licenseDeclared\": \"${licence}\",
      \"copyrightText\": \"${copyright}\"
    }")
  list(APPEND spdx_relationships "    {
      \"spdxElementId\": \"SPDXRef-ringlet\",
      \"relationshipType\": \"${relationship}\",
      \"relatedSpdxElement\": \"SPDXRef-${id}\"
    }")
  set(spdx_packages "${spdx_packages}" PARENT_SCOPE)
  set(spdx_relationships "${spdx_relationships}" PARENT_SCOPE)
endfunction()

set(root ${RINGLET_HEADER_ONLY_ROOT})
ringlet_defined_version(${root}/flatbuffers/base.h FLATBUFFERS_VERSION_ version MAJOR MINOR REVISION)
ringlet_spdx_package(FlatBuffers CONTAINS "${version}" Apache-2.0 https://github.com/google/flatbuffers
  "2014-2021 Google Inc.")
if(RINGLET_BUILD_TOOLS)
  ringlet_spdx_package("ggml codebooks" CONTAINS "" MIT https://github.com/ggml-org/ggml "2023-2026 The ggml authors")
endif()
if(TARGET ringlet_program)
  ringlet_defined_version(${root}/CLI/Version.hpp CLI11_VERSION_ version MAJOR MINOR PATCH)
  ringlet_spdx_package(CLI11 CONTAINS "${version}" BSD-3-Clause https://github.com/CLIUtils/CLI11
    "2017-2020 University of Cincinnati, developed by Henry Schreiner under NSF AWARD 1414736")
  set(json ${root}/nlohmann/detail/abi_macros.hpp)
  if(NOT EXISTS ${json})
    set(json ${root}/nlohmann/json.hpp)
  endif()
  ringlet_defined_version(${json} NLOHMANN_JSON_VERSION_ version MAJOR MINOR PATCH)
  ringlet_spdx_package("JSON for Modern C++" CONTAINS "${version}" MIT https://github.com/nlohmann/json
    "2013-2022 Niels Lohmann")
  ringlet_defined_version(${root}/utf8proc.h UTF8PROC_VERSION_ version MAJOR MINOR PATCH)
  ringlet_spdx_package(utf8proc GENERATED_FROM "${version}" "MIT AND Unicode-DFS-2015"
    https://github.com/JuliaStrings/utf8proc "1991-2007 Unicode, Inc., 2009, 2013 Public Software Group e. V.")
  if(RINGLET_LIBEDIT AND RINGLET_LIBEDIT_INCLUDE)
    ringlet_defined_version(${RINGLET_LIBEDIT_INCLUDE}/histedit.h LIBEDIT_ version MAJOR MINOR)
    ringlet_spdx_package(libedit DYNAMIC_LINK "${version}" BSD-3-Clause https://thrysoee.dk/editline
      "1992, 1993 The Regents of the University of California")
  endif()
  if(RINGLET_SODIUM AND RINGLET_SODIUM_INCLUDE)
    file(STRINGS ${RINGLET_SODIUM_INCLUDE}/sodium/version.h version REGEX "SODIUM_VERSION_STRING")
    string(REGEX REPLACE ".*\"([0-9.]+)\".*" "\\1" version "${version}")
    ringlet_spdx_package(libsodium DYNAMIC_LINK "${version}" ISC https://github.com/jedisct1/libsodium
      "2013-2019 Frank Denis")
  endif()
  if(RINGLET_YAML_CPP AND RINGLET_YAML_CPP_INCLUDE)
    ringlet_spdx_package(yaml-cpp DYNAMIC_LINK "" MIT https://github.com/jbeder/yaml-cpp
      "2008-2015 Jesse Beder")
  endif()
  get_target_property(loads_curl ringlet_pull RINGLET_LOADS_CURL)
  if(loads_curl)
    file(STRINGS ${RINGLET_CURL_INCLUDE}/curl/curlver.h version REGEX "define LIBCURL_VERSION \"")
    string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" version "${version}")
    ringlet_spdx_package(libcurl DYNAMIC_LINK "${version}" curl https://curl.se "1996-2023 Daniel Stenberg")
    file(STRINGS ${RINGLET_CRYPTO_INCLUDE}/openssl/opensslv.h version REGEX "define OPENSSL_VERSION_STR")
    string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" version "${version}")
    ringlet_spdx_package(libcrypto DYNAMIC_LINK "${version}" Apache-2.0 https://www.openssl.org
      "1998-2024 The OpenSSL Project Authors")
  endif()
  if(TARGET ringlet_serve)
    ringlet_spdx_package(cpp-httplib DYNAMIC_LINK "${RINGLET_HTTPLIB_VERSION}" MIT https://github.com/yhirose/cpp-httplib
      "2023 Yuji Hirose")
  endif()
  if(TARGET ringlet_xnnpack)
    ringlet_spdx_package(XNNPACK DYNAMIC_LINK "" BSD-3-Clause https://github.com/google/XNNPACK "2019-2020 Google LLC")
    ringlet_spdx_package(pthreadpool DYNAMIC_LINK "" BSD-2-Clause https://github.com/Maratyszcza/pthreadpool
      "2015-2017 Georgia Institute of Technology")
    ringlet_spdx_package(cpuinfo DYNAMIC_LINK "" BSD-2-Clause https://github.com/pytorch/cpuinfo
      "2017-2018 Facebook Inc.")
  endif()
endif()
string(JOIN ",\n" spdx_packages ${spdx_packages})
string(JOIN ",\n" spdx_relationships ${spdx_relationships})
# SOURCE_DATE_EPOCH, where it is set, makes the file reproducible. Its name tells builds of one version apart.
string(TIMESTAMP spdx_created "%Y-%m-%dT%H:%M:%SZ" UTC)
string(SHA256 spdx_hash "${spdx_packages}${spdx_created}${CMAKE_SYSTEM_PROCESSOR}")
configure_file(toolchains/ringlet.spdx.json.in ${PROJECT_BINARY_DIR}/package/ringlet.spdx.json @ONLY)
