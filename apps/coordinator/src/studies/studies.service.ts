import { In, type DataSource, type EntityManager } from 'typeorm';
import { ConsiliumError, coordinatorErrors } from '@consilium/protocol';
import type { AuditRecord } from '../audit/audit-record.js';
import type { Clock } from '../clock.js';
import { Site } from '../sites/site.entity.js';
import { Study, StudySite } from './study.entity.js';

export class StudiesService {
  constructor(
    private readonly database: DataSource,
    private readonly audit: AuditRecord,
    private readonly clock: Clock,
  ) {}

  async list(): Promise<{ name: string; title: string; createdAt: Date; sites: string[] }[]> {
    const [studies, members] = await Promise.all([
      this.database.getRepository(Study).find({ order: { name: 'ASC' } }),
      this.database.getRepository(StudySite).find({ order: { site: 'ASC' } }),
    ]);
    return studies.map((study) => ({ ...study, sites: members.filter((member) => member.study === study.name).map((member) => member.site) }));
  }

  async create(study: { readonly name: string; readonly title: string; readonly sites: readonly string[] }, actor: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (await manager.existsBy(Study, { name: study.name }))
        throw new ConsiliumError(coordinatorErrors.nameTaken, `There is a study ${study.name}. Nothing was changed.`);
      await manager.insert(Study, { name: study.name, title: study.title, createdAt: this.clock.now() });
      await this.join(manager, study.name, study.sites);
      await this.audit.add(manager, { actor, action: 'study made', subject: study.name, detail: { sites: study.sites } });
    });
  }

  async addSites(study: string, sites: readonly string[], actor: string): Promise<void> {
    await this.database.transaction(async (manager) => {
      if (!(await manager.existsBy(Study, { name: study }))) throw new ConsiliumError(coordinatorErrors.notFound, `There is no study ${study}.`);
      await this.join(manager, study, sites);
      await this.audit.add(manager, { actor, action: 'sites joined a study', subject: study, detail: { sites } });
    });
  }

  private async join(manager: EntityManager, study: string, sites: readonly string[]): Promise<void> {
    const admitted = await manager.findBy(Site, { name: In([...sites]), state: 'admitted' });
    const absent = sites.filter((name) => !admitted.some((site) => site.name === name));
    if (absent.length > 0)
      throw new ConsiliumError(coordinatorErrors.notFound, `${absent.join(', ')}: no admitted site of this name. Nothing was changed.`);
    const joinedAt = this.clock.now();
    await manager
      .createQueryBuilder()
      .insert()
      .into(StudySite)
      .values(sites.map((site) => ({ study, site, joinedAt })))
      .orIgnore()
      .execute();
  }
}
