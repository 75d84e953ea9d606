import { existsSync } from 'fs';
import { join } from 'path';
import * as ecrAssets from 'aws-cdk-lib/aws-ecr-assets';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { Construct } from 'constructs';
import { WORKER_FOLDER, WORKER_PROGRAM } from '../contract/worker-bundle';

/** What a pipeline tells its images. */
export interface PipelineImagesBindOptions {
  /** The architecture that the images must run on. */
  readonly cpuArchitecture: ecs.CpuArchitecture;
}

/** The images, as a pipeline uses them. */
export interface PipelineImagesConfig {
  /** The image whose entry point is the worker's command line. */
  readonly worker: ecs.ContainerImage;
}

/** Options of `PipelineImages.fromImages`. */
export interface PipelineImagesOptions {
  /**
   * The image of all jobs. Its entry point is the worker's command line (the bundled image's `Dockerfile` is in this package,
   * `assets/worker/`), it has Clustal Omega 1.2.4 or newer on its PATH, it runs with a read-only root file system, and has
   * `VOLUME /tmp` where its user is not root. It must run on the compute's architecture.
   *
   * `ecs.ContainerImage.fromEcrRepository(repository, 'TAG or sha256:DIGEST')` for one in ECR, which the jobs' execution role may then
   * pull; `ecs.ContainerImage.fromRegistry('HOST/NAME:TAG', { credentials })` for one of another registry, with a secret of AWS Secrets
   * Manager where it is private.
   */
  readonly worker: ecs.ContainerImage;
}

/** The container images of the pipeline's jobs. */
export abstract class PipelineImages {
  /** The worker of this package, built with Docker (or its stand-in) when the app is deployed, for the compute's architecture. */
  public static bundled(): PipelineImages {
    return new BundledImages();
  }

  /**
   * Images of your own, for example the worker of this package after a scan, in a registry of yours.
   *
   * @param options the images
   */
  public static fromImages(options: PipelineImagesOptions): PipelineImages {
    return new ProvidedImages(options);
  }

  /**
   * Called once by the pipeline: creates what is needed under the scope.
   *
   * @param scope where to create it
   * @param options what the images must fit
   */
  public abstract bind(scope: Construct, options: PipelineImagesBindOptions): PipelineImagesConfig;
}

class ProvidedImages extends PipelineImages {
  constructor(private readonly images: PipelineImagesOptions) {
    super();
  }

  public bind(_scope: Construct, _options: PipelineImagesBindOptions): PipelineImagesConfig {
    return { worker: this.images.worker };
  }
}

/** In the package's root, so the same from `src` and from the compiled `lib`. */
const BUNDLE_FOLDER = join(__dirname, '..', '..', WORKER_FOLDER);

class BundledImages extends PipelineImages {
  public bind(scope: Construct, options: PipelineImagesBindOptions): PipelineImagesConfig {
    for (const file of ['Dockerfile', WORKER_PROGRAM, 'THIRD_PARTY_LICENSES']) {
      if (!existsSync(join(BUNDLE_FOLDER, file))) {
        throw new Error(`the bundled worker is missing: there is no ${join(BUNDLE_FOLDER, file)}; `
          + 'in a checkout of this library run "npx projen bundle", elsewhere install the package again');
      }
    }
    const asset = new ecrAssets.DockerImageAsset(scope, 'WorkerImage', {
      directory: BUNDLE_FOLDER,
      platform: options.cpuArchitecture === ecs.CpuArchitecture.ARM64 ? ecrAssets.Platform.LINUX_ARM64 : ecrAssets.Platform.LINUX_AMD64,
    });
    return { worker: ecs.ContainerImage.fromDockerImageAsset(asset) };
  }
}
