/**
 * A client for NFC, the protocol in which ESXi serves the blocks of a virtual disk on TCP port 902.
 *
 * <p>{@link org.nbdcore.nfc.NfcDisk#open} logs in with a ticket that vCenter or ESXi has issued,
 * opens one disk, and reads and writes it with many requests in flight on one connection.
 *
 * <p>VMware has not published the protocol. The facts come from public observations of vCenter 8
 * and ESXi 8. This library has been tested against a fake server only, never against a real ESXi
 * host.
 */
package org.nbdcore.nfc;
