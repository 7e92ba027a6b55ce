#!/bin/sh
# Installs the peers under build/peers, each in a place of its own; none of them is a dependency of Equipoise.
# Needs node 18 or newer with npm, and Python 3.11 with venv. Licences: cql-execution and cql-exec-fhir Apache-2.0,
# @cqframework/cql Apache-2.0, fhir4ds-v2 AGPL-3.0 (it is run as a program of its own, and nothing of it is copied).
set -eu
cd "$(dirname "$0")/../.."
mkdir -p build/peers/node
(cd build/peers/node && npm init -y >/dev/null 2>&1 && npm install --silent cql-execution@3.3.2 cql-exec-fhir@2.2.0 @cqframework/cql@5.3.0)
"${PYTHON:-python3}" -m venv build/peers/fhir4ds
build/peers/fhir4ds/bin/python -m pip --disable-pip-version-check -qq install fhir4ds-v2==0.0.17 pandas
