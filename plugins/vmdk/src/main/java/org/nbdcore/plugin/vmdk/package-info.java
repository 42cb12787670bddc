/** The plugin {@code vmdk}: serves VMware virtual disks without any library of VMware's. */
package org.nbdcore.plugin.vmdk;
