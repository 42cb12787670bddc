/**
 * A client for NFC, the protocol by which ESXi serves the blocks of a virtual disk on TCP port 902.
 *
 * <p>{@link org.nbdcore.nfc.NfcDisk#open} logs in with a ticket issued by vCenter or ESXi, and
 * opens one disk. Many requests can be in flight on its one connection.
 *
 * <p>VMware has not published the protocol. The facts come from public observations of vCenter 8
 * and ESXi 8. This library has been tested against a fake server only, never against a real ESXi
 * host.
 */
package org.nbdcore.nfc;
