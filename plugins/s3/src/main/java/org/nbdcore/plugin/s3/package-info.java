/** The plugin {@code S3}: disks in the objects of S3 and compatible storage. */
package org.nbdcore.plugin.s3;
